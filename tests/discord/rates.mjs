// Others against the strict Discord of the tests, to compare rates with.
//
//   node rates.mjs send API TOKEN LIST                sends a message to each channel of LIST through @discordjs/rest
//   node rates.mjs wrap API KEY CERTIFICATE           stands before it as https://discord.com; prints its port
//
// `send` prints one line of JSON: {"sent", "failed", "seconds"}.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const [act, api, ...rest] = process.argv.slice(2);

async function send([token, list]) {
  const channels = JSON.parse(fs.readFileSync(list));
  const { REST } = await import('@discordjs/rest');
  const client = new REST({ api: `${api}/api`, version: '10', timeout: 600_000, retries: 20 }).setToken(token);
  const began = Date.now();
  let failed = 0;
  const all = channels.map((channel, n) => client.post(`/channels/${channel}/messages`, {
    body: { content: 'Hello', nonce: `js${n}`, enforce_nonce: true, allowed_mentions: { parse: [] } },
  }).catch(() => { failed += 1; }));
  await Promise.all(all);
  console.log(JSON.stringify({ sent: all.length - failed, failed, seconds: (Date.now() - began) / 1000 }));
}

function wrap([key, cert]) {
  const inner = new URL(api);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });
  const server = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, (request, response) => {
    const onward = http.request({ agent, host: inner.hostname, port: inner.port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  // Thousands of connections may come at once.
  server.listen(0, '127.0.0.1', 8192, () => console.log(server.address().port));
}

if (act === 'send') await send(rest);
else wrap(rest);
