// The whole bot against a Slack that others wrote: `local-slack` over Socket Mode. The real program runs, people type
// and press, and what they see is read back from the stand-in.
//
//   node local.mjs PROGRAM [CALLS.jsonl]
//
// Prints each step and ends with "N passed, M failed". The stand-in sends every envelope to both connections, so each
// delivery arrives twice: that each has one effect is part of what is tested.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const here = path.dirname(fileURLToPath(import.meta.url));
const [program, callsFile] = process.argv.slice(2).map((file) => path.resolve(file));
const standIn = path.join(here, 'node_modules/local-slack-linux-x64/bin/local-slack');
const SHA256 = '3332007b797969d835f694b463ac526f7ef1fc66afac93f950f585105fe4815f';

let passed = 0;
let failed = 0;
function check(name, good, saw = '') {
  if (good) passed += 1; else failed += 1;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${name}${good ? '' : `\n     saw: ${String(saw).slice(0, 1500)}`}`);
}

const sum = createHash('sha256').update(fs.readFileSync(standIn)).digest('hex');
if (sum !== SHA256) throw new Error(`the stand-in is not the one that was looked at: ${sum}`);

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roundtable-local-slack-'));
const people = [['U01ADA', 'ada', 'Ada Stone', 'Europe/Berlin'], ['U02GRACE', 'grace', 'Grace Hill', 'Europe/Berlin'], ['U03BEN', 'ben', 'Ben Brook', 'Europe/Berlin'], ['U04CLEO', 'cleo', 'Cleo Marsh', 'Europe/London'], ['U05DEV', 'dev', 'Dev Rao', 'Asia/Kolkata'], ['U06EVA', 'eva', 'Eva Lind', 'America/New_York']];
const [port, opsPort] = [await freePort(), await freePort()];
fs.writeFileSync(path.join(folder, 'slack.yaml'), `workspace: { name: Test, domain: test, teamId: T01TEST }
app: { appId: A01APP, botUserId: U0BOT, botName: roundtable, botToken: xoxb-test-token, appToken: xapp-test-token, signingSecret: test-signing-secret, mode: socket }
users:
${people.map(([id, name, real, tz]) => `  - { id: ${id}, name: ${name}, real_name: ${real}, email: ${name}@example.org, tz: ${tz} }`).join('\n')}
channels:
  - { id: C01GEN, name: general, members: [${people.map(([id]) => id).join(', ')}, U0BOT] }
`);
fs.writeFileSync(path.join(folder, 'roundtable.toml'), `mode = "run"
[operations]
listen = "127.0.0.1:${opsPort}"
[slack]
mode = "socket"
api = "http://127.0.0.1:${port}/api"
admins = "ada@example.org"
`);

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const base = `http://127.0.0.1:${port}`;
const slack = spawn(standIn, ['--config', path.join(folder, 'slack.yaml'), '--port', String(port), '--base-host', '127.0.0.1'], { stdio: 'ignore', cwd: folder });
const log = fs.openSync(path.join(folder, 'roundtable.log'), 'w');
let bot;
let stopped;
function startBot() {
  bot = spawn(program, ['--config', path.join(folder, 'roundtable.toml'), 'run'], {
    stdio: ['ignore', log, log],
    cwd: folder,
    env: { PATH: process.env.PATH, DATABASE_URL: `sqlite://${path.join(folder, 'bot.db')}`, SLACK_BOT_TOKEN: 'xoxb-test-token', SLACK_APP_TOKEN: 'xapp-test-token' },
  });
  stopped = new Promise((resolve) => { bot.once('exit', (code) => resolve(code)); });
}

// What goes as a query is text on the wire; Slack's types call these numbers.
function typed(args) {
  const numbers = ['length', 'limit'];
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, numbers.includes(key) ? Number(value) : value]));
}

async function until(what, look, ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    if (Date.now() > end) return undefined;
    await sleep(60);
  }
}

const control = (act, body) => fetch(`${base}/_control/${act}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then((r) => r.json());
const journal = () => fetch(`${base}/_control/log`).then((r) => r.json()).then((d) => (Array.isArray(d) ? d : d.log ?? d.entries));
const messagesOf = (channel) => fetch(`${base}/_control/messages/${channel}`).then((r) => r.json()).then((d) => (Array.isArray(d) ? d : d.messages ?? []));

// All words of a message, from the blocks and not from the fall-back text.
function words(value) {
  if (Array.isArray(value)) return value.map(words).join(' ');
  if (value === null || typeof value !== 'object') return '';
  const own = typeof value.text === 'string' ? value.text : '';
  return `${own} ${Object.entries(value).filter(([key]) => key !== 'text' || typeof value.text === 'object').map(([, inner]) => words(inner)).join(' ')}`;
}

let told = new Map();
async function news(channel, part) {
  return until(part, async () => {
    const all = await messagesOf(channel);
    const from = told.get(channel) ?? 0;
    const at = all.findIndex((m, n) => n >= from && words(m.blocks ?? []).includes(part));
    if (at < 0) return undefined;
    told.set(channel, at + 1);
    return all[at];
  });
}

async function says(user, text, expects) {
  await control('command', { channel: 'C01GEN', user, command: '/mentor', text });
  const seen = expects ? await news('C01GEN', expects) : undefined;
  if (expects) check(`${user} says "${text.slice(0, 50)}"`, seen, (await messagesOf('C01GEN')).slice(-2).map((m) => words(m.blocks)).join(' || '));
  return seen;
}

function buttonOf(message, label) {
  for (const block of message?.blocks ?? []) {
    for (const element of block.elements ?? []) {
      if (element.type === 'button' && element.text?.text === label) return { element, block };
    }
  }
  return undefined;
}

async function presses(user, channel, message, label) {
  const found = buttonOf(message, label);
  if (!found) { check(`a button "${label}"`, false, words(message?.blocks)); return; }
  await control('interact', { channel, messageTs: message.ts, user, action: { type: 'button', action_id: found.element.action_id, block_id: found.block.block_id, value: found.element.value } });
}

// The page's own socket, for modals.
const modals = new Map();
let ui;
async function openUi() {
  ui = new WebSocket(`ws://127.0.0.1:${port}/ui`);
  await new Promise((resolve, reject) => { ui.onopen = resolve; ui.onerror = reject; });
  ui.onmessage = ({ data }) => {
    const news = JSON.parse(data);
    if (['view', 'view_errors', 'home'].includes(news.t)) modals.set(news.t, news);
  };
}

try {
  check('the stand-in answers', await until('stand-in', async () => (await fetch(`${base}/_control/log`)).ok));
  await openUi();
  startBot();
  const ready = () => fetch(`http://127.0.0.1:${opsPort}/readyz`).then((r) => r.ok);
  check('the bot is connected and ready', await until('ready', ready));

  await says('U03BEN', 'help', 'What you can do here');
  await says('U03BEN', 'program create name=X', 'Only administrators of this workspace');
  await says('U01ADA', 'program create name=Pathways slug=pathways goal="Fill two posts" starts=2027-01-04 ends=2028-01-03 zone=Europe/Berlin cadence=monthly waves=2', 'Pathways');
  await says('U01ADA', 'program settings pathways smallest=3 largest=6', 'Pathways');
  await says('U01ADA', 'program open pathways', 'open');
  await says('U03BEN', 'metup next', 'meetup next');

  // A form: opened with the trigger, refused on a field, then taken.
  await control('command', { channel: 'C01GEN', user: 'U03BEN', command: '/mentor', text: 'profile' });
  const opened = await until('modal', async () => modals.get('view'));
  check('`profile` opens a modal', opened?.view?.type === 'modal' || opened?.payload?.type === 'modal' || opened, JSON.stringify(opened ?? null));
  const calls = await journal();
  const open = calls.filter((entry) => entry.summary === 'views.open').at(-1);
  const blocks = open?.detail?.view?.blocks ?? [];
  const input = (name) => blocks.find((block) => block.type === 'input' && JSON.stringify([block.block_id, block.element?.action_id]).includes(name));
  check('time zone, name and e-mail come from the Slack profile', JSON.stringify(blocks).includes('Ben Brook') && JSON.stringify(blocks).includes('Europe/Berlin'), JSON.stringify(blocks).slice(0, 800));
  const fill = (values) => Object.fromEntries(blocks.filter((block) => block.type === 'input').map((block) => {
    const { element } = block;
    const own = { type: element.type };
    if (element.initial_value !== undefined) own.value = element.initial_value;
    if (element.initial_option) own.selected_option = element.initial_option;
    if (element.initial_options) own.selected_options = element.initial_options;
    for (const [name, value] of Object.entries(values)) if (block === input(name)) own.value = value;
    return [block.block_id, { [element.action_id]: own }];
  }));
  modals.clear();
  ui.send(JSON.stringify({ t: 'view_submit', user: 'U03BEN', values: fill({ availability: 'mon-fri 25:00-26:00' }) }));
  const errors = await until('errors', async () => modals.get('view_errors'));
  check('a wrong field is told at the field', errors && JSON.stringify(errors).length > 40, JSON.stringify(errors ?? null));
  ui.send(JSON.stringify({ t: 'view_submit', user: 'U03BEN', values: fill({ organisation: 'South Rail', availability: 'mon-fri 8:00-20:00' }) }));
  await sleep(300);
  const taken = (await journal()).filter((entry) => entry.kind === 'ack').at(-1);
  check('the corrected form is acknowledged', taken, JSON.stringify(taken ?? null));

  for (const [id, organisation, role, more] of [['U02GRACE', 'North Bank', 'mentor', 'level=6 offers="stakeholders"'], ['U03BEN', 'South Rail', 'participant', 'level=4 needs="stakeholders"'], ['U04CLEO', 'East Foods', 'participant', 'level=4 needs="stakeholders"'], ['U05DEV', 'West Media', 'participant', 'level=4 needs="stakeholders"'], ['U06EVA', 'Centre Health', 'participant', 'level=4 needs="stakeholders"']]) {
    await says(id, `profile organisation="${organisation}" ${more} availability="mon-fri 8:00-20:00"`);
    const charter = await says(id, `join pathways ${role}`, 'charter');
    const accept = (charter?.blocks ?? []).flatMap((block) => block.elements ?? []).find((element) => element.type === 'button');
    if (accept) await presses(id, 'C01GEN', charter, accept.text.text);
  }
  await sleep(500);
  const preview = await says('U01ADA', 'groups preview pathways', 'Group 1');
  check('the preview names its people', words(preview?.blocks).includes('Grace Hill') || JSON.stringify(preview?.blocks ?? '').includes('U02GRACE'), words(preview?.blocks));
  await says('U01ADA', 'groups publish pathways yes', 'Group');
  const matched = await until('matches', async () => {
    const posts = (await journal()).filter((entry) => entry.summary === 'chat.postMessage');
    return posts.length >= 1 ? posts : undefined;
  }, 30_000);
  check('groups are told and rooms are opened', (await journal()).some((entry) => ['conversations.open', 'conversations.create'].includes(entry.summary)) && matched, matched?.length);

  // App Home.
  await control('open-home', { user: 'U03BEN' });
  const home = await until('home', async () => (await journal()).filter((entry) => entry.summary === 'views.publish' && entry.detail?.user_id === 'U03BEN').at(-1));
  check('App Home shows the group', words(home?.detail?.view?.blocks ?? []).includes('Group 1'), words(home?.detail?.view?.blocks ?? []));

  // Killed and started again: nothing acknowledged is lost, and the connections come back.
  bot.kill('SIGKILL');
  await stopped;
  startBot();
  check('after a kill it is ready again', await until('ready', ready));
  await says('U03BEN', 'meetup next', 'meetup');

  const all = await journal();
  const envelopes = all.filter((entry) => entry.direction === 'to_bot' && /^envelope /.test(entry.summary ?? '')).length;
  const acks = all.filter((entry) => entry.kind === 'ack').length;
  check(`every envelope was acknowledged (${envelopes} envelopes, ${acks} acknowledgements)`, acks >= envelopes, acks);
  if (callsFile) {
    const lines = all.filter((entry) => entry.direction === 'from_bot' && entry.kind === 'web_api').map((entry) => JSON.stringify({ method: entry.summary, args: typed(entry.detail ?? {}) }));
    fs.writeFileSync(callsFile, `${lines.join('\n')}\n`);
  }
  bot.kill('SIGTERM');
  const code = await Promise.race([stopped, sleep(10_000).then(() => 'still running')]);
  check('SIGTERM ends the bot in good order', code === 0, code);
  const written = fs.readFileSync(path.join(folder, 'roundtable.log'), 'utf8');
  check('no token and no message text in the log', !/xox[bp]-|xapp-|South Rail|Fill two posts/.test(written), written.slice(-800));
} finally {
  ui?.close();
  bot?.kill('SIGKILL');
  slack.kill('SIGKILL');
  if (failed > 0) console.log(`--- the bot's log\n${fs.readFileSync(path.join(folder, 'roundtable.log'), 'utf8').slice(-3000)}`);
  if (!process.env.ROUNDTABLE_KEEP) fs.rmSync(folder, { recursive: true, force: true }); else console.log(folder);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 15 ? 0 : 1);
