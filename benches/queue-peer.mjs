// graphile-worker on the same Postgres: 20,000 jobs that do nothing, taken from an address and a concurrency.
// node queue-peer.mjs postgres://… CONCURRENCY
import { run, makeWorkerUtils } from "graphile-worker";
const [address, concurrency] = [process.argv[2], Number(process.argv[3] ?? 4)];
const jobs = 20_000;
const silent = { error() {}, warning() {}, info() {}, debug() {} };
const { Logger } = await import("graphile-worker");
const logger = new Logger(() => (level) => { if (silent[level]) silent[level](); });
const utils = await makeWorkerUtils({ connectionString: address, logger });
await utils.migrate();
for (let at = 0; at < jobs; at += 1_000) {
  await utils.addJobs(Array.from({ length: 1_000 }, () => ({ identifier: "nothing", payload: {} })));
}
let done = 0;
let finish;
const finished = new Promise((resolve) => { finish = resolve; });
const begun = performance.now();
const runner = await run({
  connectionString: address, concurrency, maxPoolSize: concurrency + 2, logger, noHandleSignals: true,
  taskList: { nothing: async () => { if (++done === jobs) finish(); } },
});
await finished;
await runner.stop();
const took = (performance.now() - begun) / 1e3;
await utils.release();
console.log(`| graphile-worker, concurrency ${concurrency} | ${jobs} | ${took.toFixed(2)} s | ${(jobs / took).toFixed(0)} |`);
