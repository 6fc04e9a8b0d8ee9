// Draws every distinct message, modal and Home of the recorded calls with a renderer that others wrote.
//
//   node pictures.mjs CALLS.jsonl OUT [MOST]
//
// Writes OUT/NNN-kind.png and OUT/all.html; needs Chromium (CHROMIUM=/path) and the packages of tests/browser.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Message } from 'slack-blocks-to-jsx';

const here = path.dirname(fileURLToPath(import.meta.url));
const browserTests = createRequire(path.join(here, '../browser/package.json'));
const { chromium } = await import(pathToFileURL(browserTests.resolve('playwright-core')).href).then((m) => m.default ?? m);
const [callsFile, out, most = '400'] = process.argv.slice(2);
const css = fs.readFileSync(path.join(here, 'node_modules/slack-blocks-to-jsx/dist/style.css'), 'utf8');

// Two messages of one kind differ in names and times; one picture of a kind is enough, so what varies is left out.
function shape(blocks) {
  return JSON.stringify(blocks, (key, value) => (['block_id', 'action_id', 'value', 'timestamp'].includes(key) ? undefined : value))
    .replace(/\d+/g, '0').replace(/[UCDG]0[A-Z0-9]+/g, 'X');
}

const seen = new Map();
for (const line of fs.readFileSync(callsFile, 'utf8').trim().split('\n')) {
  const { method, args } = JSON.parse(line);
  const view = typeof args?.view === 'string' ? JSON.parse(args.view) : args?.view;
  const blocks = view?.blocks ?? args?.blocks;
  if (!blocks) continue;
  const list = typeof blocks === 'string' ? JSON.parse(blocks) : blocks;
  const kind = view ? view.type : method.replace('.', '-');
  const heads = list.filter((block) => block.type === 'header').map((block) => block.text.text);
  const key = `${kind} ${heads[0] ? shape(heads) : ''} ${list.map((block) => block.type + (block.elements?.length ?? '')).join(',')}`;
  if (!seen.has(key)) seen.set(key, { kind, title: view?.title?.text ?? '', text: args.text ?? '', submit: view?.submit?.text, blocks: list });
}

const items = [...seen.values()].slice(0, Number(most));
const escape = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const page = items.map((item, n) => {
  let html;
  try {
    html = renderToStaticMarkup(React.createElement(Message, { blocks: item.blocks, logo: '', name: 'roundtable', time: new Date(0) }));
  } catch (error) {
    html = `<p>cannot be drawn: ${escape(String(error.message))}</p>`;
  }
  return `<section id="m${n}" style="width:640px;padding:16px;border-bottom:1px solid #ddd"><p style="font:12px sans-serif;color:#666">${n} ${item.kind} ${escape(item.title)} ${escape(item.submit ? `[${item.submit}]` : '')}</p>${html}<pre style="font:11px monospace;color:#555;white-space:pre-wrap;background:#f6f6f6;padding:6px">${escape(item.text.slice(0, 700))}</pre></section>`;
}).join('\n');
fs.mkdirSync(out, { recursive: true });
fs.writeFileSync(path.join(out, 'all.html'), `<!doctype html><meta charset="utf-8"><style>${css}</style><body style="background:#fff">${page}</body>`);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
const tab = await browser.newPage({ viewport: { width: 700, height: 900 } });
await tab.goto(pathToFileURL(path.join(out, 'all.html')).href);
for (let n = 0; n < items.length; n += 1) {
  await tab.locator(`#m${n}`).screenshot({ path: path.join(out, `${String(n).padStart(3, '0')}-${items[n].kind}.png`) });
}
await browser.close();
console.log(`${items.length} pictures in ${out}`);
