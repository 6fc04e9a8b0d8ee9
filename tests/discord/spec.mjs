// Checks every recorded call against Discord's own published description of its interface: that the path exists, and
// that the body fits it with no field that the description does not know.
//
//   node spec.mjs FOLDER CALLS.jsonl
//
// CALLS.jsonl holds one {"method", "path", "body", "multipart"} on each line, the path as a template; FOLDER takes the
// strict copy of the schemas. Prints each finding and ends with "N calls, M findings"; the exit code is 0 only when
// there is at least one call and no finding.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const [folder, callsFile] = process.argv.slice(2).map((file) => path.resolve(file));
const spec = path.join(here, 'node_modules/discord-api-spec/build');

// The schemas are made when the module is loaded, so strictness has to be in its text by then.
const loose = 'let zObject = z.object;';
const text = fs.readFileSync(path.join(spec, 'discord-api-spec.zod.js'), 'utf8');
if (text.split(loose).length !== 2) throw new Error('the schemas are not written as they were');
fs.mkdirSync(folder, { recursive: true });
const link = path.join(folder, 'node_modules');
if (!fs.existsSync(link)) fs.symlinkSync(path.join(here, 'node_modules'), link);
fs.writeFileSync(path.join(folder, 'strict.mjs'), text.replace(loose, 'let zObject = z.strictObject;'));
const schemas = await import(pathToFileURL(path.join(folder, 'strict.mjs')));

// Which schema a call's body has stands in the types only: "path": { method: { … requestBody?: Name | Name; … } }.
const types = fs.readFileSync(path.join(spec, 'discord-api-spec.ts'), 'utf8');
function bodyOf(template, method) {
  const start = types.indexOf(`\n  "${template}": {\n`);
  if (start < 0) return undefined;
  const block = types.slice(start, types.indexOf('\n  };', start));
  const from = block.indexOf(`\n    ${method}: {`);
  if (from < 0) return undefined;
  const one = block.slice(from, block.indexOf('\n    };', from));
  const found = /requestBody\??:([\s\S]*?);\n\s+responses/.exec(one);
  const words = found ? found[1].replace(/\s+/g, ' ').trim() : 'undefined';
  if (words === 'undefined' || words === 'never') return [];
  if (words.startsWith('{')) return [fieldsOf(words)];
  const names = words.replace(/^\| /, '').split(' | ').filter((name) => name !== 'null');
  const odd = names.find((name) => !/^[A-Z]\w*(\[\])?$/.test(name));
  if (odd) throw new Error(`${method} ${template}: the type ${odd} cannot be looked up`);
  return names;
}

// A shape that has no name: its fields, whether each is needed, and the plain types it may have. A type with a name
// stands for a number or a text.
function fieldsOf(words) {
  const fields = words.slice(1, -1).split(';').map((part) => part.trim()).filter(Boolean);
  return Object.fromEntries(fields.map((part) => {
    const [, name, open, type] = /^(\w+)(\??): (.+)$/.exec(part) ?? [];
    if (!name || /[{}]/.test(type)) throw new Error(`the shape ${words} cannot be read`);
    return [name, { open: open === '?', types: type.split(' | ') }];
  }));
}

function fits(fields, body) {
  const plain = (types, value) => types.some((type) => type === typeof value
    || (type === 'null' && value === null)
    || (/^[A-Z]/.test(type) && ['number', 'string'].includes(typeof value)));
  const odd = Object.keys(body).filter((key) => !fields[key]).map((key) => `${key}: unknown`);
  const missing = Object.entries(fields).filter(([key, { open }]) => !open && !(key in body)).map(([key]) => `${key}: missing`);
  const wrong = Object.entries(body).filter(([key, value]) => fields[key] && !plain(fields[key].types, value)).map(([key]) => `${key}: of another type`);
  return [...odd, ...missing, ...wrong];
}

// What the description knows otherwise than Discord's documentation and Discord itself. Each is taken out of a body
// before the check, and only where it has the form that is tolerated.
const TOLERANCES = [
  {
    why: 'permissions are documented as text, the description wants a number',
    at: (key, value) => ['default_member_permissions', 'allow', 'deny'].includes(key) && typeof value === 'string' && /^\d+$/.test(value),
  },
];
const tolerated = new Map();
function without(value) {
  if (Array.isArray(value)) return value.map(without);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([key, inner]) => {
    const known = TOLERANCES.find((one) => one.at(key, inner));
    if (known) tolerated.set(known.why, (tolerated.get(known.why) ?? 0) + 1);
    return !known;
  }).map(([key, inner]) => [key, without(inner)]));
}

// The deepest complaints are the telling ones where several shapes were tried.
function complaints(issues, at = []) {
  return issues.flatMap((issue) => {
    const place = [...at, ...(issue.path ?? [])];
    if (issue.code === 'invalid_union') {
      const tries = (issue.errors ?? []).map((inner) => complaints(inner, place));
      return tries.sort((a, b) => a.length - b.length)[0] ?? [`${place.join('.')}: fits no shape`];
    }
    return [`${place.join('.')}: ${issue.message}${issue.keys ? ` ${issue.keys.join(', ')}` : ''}`];
  });
}

function check({ method, path: template, body }) {
  const names = bodyOf(template, method.toLowerCase());
  if (names === undefined) return ['the description knows no such call'];
  if (names.length === 0) return body === null ? [] : ['a body where none is known'];
  if (body === null) return ['no body where one is wanted'];
  const tries = names.map((name) => {
    if (typeof name === 'object') return fits(name, body);
    const list = name.endsWith('[]');
    const schema = schemas[`${name.replace('[]', '')}Schema`];
    if (!schema) throw new Error(`there is no schema ${name}`);
    const parts = list ? body : [body];
    if (list && !Array.isArray(body)) return ['not a list'];
    return parts.flatMap((part) => {
      const result = schema.safeParse(part);
      return result.success ? [] : complaints(result.error.issues);
    });
  });
  return tries.sort((a, b) => a.length - b.length)[0];
}

const calls = fs.readFileSync(callsFile, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
const distinct = [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
const kinds = new Set(distinct.map((call) => `${call.method} ${call.path}`));
let findings = 0;
for (const call of distinct) {
  const wrong = check({ ...call, body: without(call.body) });
  if (wrong.length === 0) continue;
  findings += 1;
  console.log(`${call.method} ${call.path}\n    ${wrong.slice(0, 5).join('\n    ')}\n    in ${JSON.stringify(call.body).slice(0, 600)}`);
}
for (const [why, times] of tolerated) console.log(`tolerated ${times} times: ${why}`);
console.log([...kinds].sort().join('\n'));
console.log(`${distinct.length} distinct calls of ${calls.length}, ${kinds.size} kinds, ${findings} findings`);
process.exit(findings === 0 && calls.length > 0 ? 0 : 1);
