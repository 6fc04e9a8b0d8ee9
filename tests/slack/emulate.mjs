// Starts the stand-in `emulate` with our own seed behind a small proxy, prints one line of JSON with its address, and
// ends when its standard input ends.
//
//   node emulate.mjs [SCOPES,COMMA,SEPARATED]
//
// The proxy turns GET into POST: Slack takes both for reading, the stand-in only the latter.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const scopes = (process.argv[2] ?? '').split(',').filter(Boolean);
const people = ['alice', 'bob', 'cleo', 'dev', 'eva', 'finn', 'gus', 'hana', 'ivo', 'jana'];

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'roundtable-emulate-'));
const seed = path.join(folder, 'seed.yaml');
fs.writeFileSync(seed, `slack:
  team: { name: Test Workspace, domain: test }
  signing_secret: test-signing-secret
  strict_scopes: true
  users:
${people.map((name) => `    - { name: ${name}, real_name: ${name} example, email: ${name}@example.com }`).join('\n')}
  channels: [ { name: general }, { name: taken-name, is_private: true } ]
  bots: [ { name: roundtable } ]
  oauth_apps:
    - { client_id: "12345.67890", client_secret: test-client-secret, app_id: A000000001, name: Roundtable,
        redirect_uris: ["http://127.0.0.1:8088/slack/oauth/callback"], scopes: [${scopes.map((s) => JSON.stringify(s)).join(', ')}], bot_name: roundtable }
  tokens:
    - { token: xoxb-emulate-all, user: roundtable, scopes: [${scopes.map((s) => JSON.stringify(s)).join(', ')}] }
    - { token: xoxb-emulate-few, user: roundtable, scopes: ["chat:write"] }
`);
const inner = await freePort();
const child = spawn(process.execPath, [path.join(here, 'node_modules/emulate/dist/index.js'), 'start', '--service', 'slack', '--seed', seed, '--port', String(inner)], { stdio: 'ignore', cwd: folder });

function forward(request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const url = new URL(request.url, 'http://x');
    const headers = { ...request.headers };
    let body = Buffer.concat(parts);
    let { method } = request;
    if (method === 'GET' && url.pathname.startsWith('/api/')) {
      method = 'POST';
      body = Buffer.from(url.searchParams.toString());
      headers['content-type'] = 'application/x-www-form-urlencoded';
      url.search = '';
    }
    headers['content-length'] = body.length;
    const inward = http.request({ host: '127.0.0.1', port: inner, path: url.pathname + url.search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    inward.on('error', () => { response.writeHead(502); response.end(); });
    inward.end(body);
  });
}

const proxy = http.createServer(forward).listen(0, '127.0.0.1');
await new Promise((resolve) => proxy.once('listening', resolve));

async function ready() {
  for (let n = 0; n < 200; n += 1) {
    try {
      const answer = await fetch(`http://127.0.0.1:${inner}/api/auth.test`, { method: 'POST', headers: { authorization: 'Bearer xoxb-emulate-all' } });
      if (answer.ok) return answer.json();
    } catch { /* not yet */ }
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  throw new Error('the stand-in did not start');
}

function end() {
  child.kill('SIGTERM');
  proxy.close();
  fs.rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}
process.stdin.on('end', end).resume();
process.on('SIGTERM', end);
const auth = await ready();
console.log(JSON.stringify({ api: `http://127.0.0.1:${proxy.address().port}/api`, all: 'xoxb-emulate-all', few: 'xoxb-emulate-few', team: auth.team_id, bot: auth.user_id }));
