// Checks every recorded call against Slack's own published argument types, and the manifest against the manifest's.
//
//   node types.mjs FOLDER CALLS.jsonl [MANIFEST.json …]
//
// CALLS.jsonl holds one {"method": …, "args": …} on each line; FOLDER takes the generated file. Prints each finding and
// ends with "N calls, M findings"; the exit code is 0 only when there is at least one call and no finding.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [folder, callsFile, ...manifests] = process.argv.slice(2);

// The token of the app itself opens a connection; the published client adds it by itself.
const SKIPPED_KEYS = new Set(['token']);

// Slack's documentation says `alt_txt`, the types of Slack's own library say `alt_text`; calls go by the documentation.
const CALLED = { alt_txt: 'alt_text' };

function withoutToken(args) {
  const kept = Object.entries(args).filter(([key]) => !SKIPPED_KEYS.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [CALLED[key] ?? key, value]));
}

const calls = fs.readFileSync(callsFile, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
const distinct = [...new Map(calls.map((call) => {
  const text = JSON.stringify(withoutToken(call.args ?? {}));
  return [`${call.method} ${text}`, { method: call.method, text }];
})).values()];

const lines = [
  "import type { WebClient } from '@slack/web-api';",
  "import type { Manifest } from '@slack/web-api/dist/types/request/manifest.js';",
  'type Args<F> = F extends (args: infer A, ...rest: never[]) => unknown ? NonNullable<A> : never;',
];
const origin = new Map();
distinct.forEach((call, n) => {
  const method = call.method.split('.').map((part) => `['${part}']`).join('');
  lines.push(`export const call${n}: Args<WebClient${method}> = ${call.text};`);
  origin.set(lines.length, call);
});
manifests.forEach((file, n) => {
  lines.push(`export const manifest${n}: Manifest = ${fs.readFileSync(file, 'utf8').trim()};`);
});

fs.mkdirSync(folder, { recursive: true });
// Types are found from this folder, so the generated file needs a way to the packages.
const link = path.join(folder, 'node_modules');
if (!fs.existsSync(link)) fs.symlinkSync(path.join(here, 'node_modules'), link);
fs.writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
fs.writeFileSync(path.join(folder, 'calls.ts'), `${lines.join('\n')}\n`);
fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({
  compilerOptions: {
    strict: true, noEmit: true, module: 'nodenext', target: 'es2022', skipLibCheck: true, types: [], noErrorTruncation: false,
  },
  files: ['calls.ts'],
}));

let findings = [];
try {
  execFileSync(process.execPath, [path.join(here, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
} catch (error) {
  findings = String(error.stdout).split('\n').filter((line) => /error TS/.test(line));
  if (findings.length === 0) throw error;
}
for (const finding of findings) {
  const at = Number(/calls\.ts\((\d+),/.exec(finding)?.[1]);
  console.log(`${finding.slice(0, 600)}\n    in ${origin.get(at)?.method ?? 'a manifest'}: ${(origin.get(at)?.text ?? '').slice(0, 400)}`);
}
console.log(`${distinct.length} distinct calls of ${calls.length}, ${manifests.length} manifests, ${findings.length} findings`);
process.exit(findings.length === 0 && calls.length > 0 ? 0 : 1);
