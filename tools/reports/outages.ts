/**
 * Lets Redis, the S3 server and NEAR be away under load with 20 tables, counts the lines that the
 * agent writes about it, upgrades the agent, and counts what is lost or doubled. Option: `--seconds
 * N` (60).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Redis } from "ioredis";
import { startRedis, startVersitygw } from "@etrap/test-servers";
import { startEtrap } from "../../apps/agent/src/fixtures/etrap-process.ts";
import type { EtrapProcess } from "../../apps/agent/src/fixtures/etrap-process.ts";
import { untilAllCommitted } from "../../apps/agent/src/fixtures/load-entries.ts";
import { changesOf, readLedger } from "../../apps/agent/src/fixtures/read-ledger.ts";
import { s3Environment } from "../../apps/agent/src/fixtures/s3-environment.ts";
import { startLocalnet } from "../../apps/agent/src/live/start-localnet.ts";
import { initContract } from "../../apps/agent/src/live/start-pipeline.ts";
import { sampleFields } from "../../packages/source-redis/src/fixtures/sample-fields.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { seconds: { type: "string", default: "60" } },
  allowPositionals: true,
});
const AWAY_MS = Number(values.seconds) * 1000;
const BUCKET = "etrap-outages";
const TABLES = Array.from({ length: 20 }, (_, index) => `t${String(index).padStart(2, "0")}`);
const STREAMS = TABLES.map((table) => `etrap.public.${table}`);
/** The most lines about one outage: one when it begins, one a minute, one when it is over. */
const MOST_LINES = 10;
/** The longest time until an agent says that a dependency is back, in milliseconds. */
const LONGEST_BACK_MS = 120_000;
/** The longest time without a batch during an upgrade under load, in milliseconds. */
const MOST_GAP_MS = 2_000;
/** Events of the work itself. All others are about the outage. */
const WORK: ReadonlySet<string> = new Set([
  "batch-stored",
  "anchor-publishing",
  "batch-anchored",
  "statistics",
  "redeliveries-dropped",
  "stream-found",
]);

const [redis, s3, localnet] = [await startRedis(), await startVersitygw(), await startLocalnet()];
const folder = await mkdtemp(join(tmpdir(), "etrap-outages-"));
const client = new Redis(redis.port, "127.0.0.1", { maxRetriesPerRequest: null });
client.on("error", () => undefined);
const environment = {
  ...(await initContract(localnet, folder)),
  ETRAP_ORG_ID: "acme",
  ...s3Environment(s3, BUCKET),
  REDIS_PORT: String(redis.port),
  ETRAP_BATCH_SIZE: "20",
  ETRAP_BATCH_TIMEOUT: "0.5",
  ETRAP_LEASE: "5",
};
const etrap = startEtrap(["run"], environment);
let upgraded: EtrapProcess | undefined;
const load = startLoad();
let isGood = true;
try {
  await etrap.untilLine("batch-anchored");
  console.log("dependency".padEnd(16), "seconds away", "  lines", "  events of these lines");
  for (const [name, server, back] of [
    ["Redis", redis, "redis-connected"],
    ["S3 server", s3, "store-back"],
    ["NEAR node", localnet, "near-node-back"],
  ] as const) {
    const from = etrap.lines.length;
    await server.kill();
    await sleep(AWAY_MS);
    await server.start();
    const isBack = (): boolean => etrap.lines.slice(from).some((line) => line.includes(`"${back}"`));
    for (const end = performance.now() + LONGEST_BACK_MS; !isBack() && performance.now() < end;) await sleep(100);
    if (!isBack()) console.log(`${name}: expected ${back}`);
    isGood &&= isBack();
    // What comes after it counts too.
    await sleep(5_000);
    show(name, etrap.lines.slice(from));
  }
  // The new version waits until the old one has stored what it holds, and given up the lease.
  upgraded = startEtrap(["run"], environment);
  await upgraded.untilLine("standby");
  await sleep(3_000);
  const exit = await etrap.end("SIGTERM");
  await upgraded.untilLine("batch-stored");
  await sleep(3_000);
  const gap = (timesOf(upgraded)[0] ?? 0) - (timesOf(etrap).at(-1) ?? 0);
  console.log(`\nupgrade: no batch for ${(gap / 1000).toFixed(2)} s`);
  isGood &&= gap < MOST_GAP_MS;
  const sent = await load.end();
  await untilAllCommitted(client, STREAMS, upgraded);
  const exitOfNew = await upgraded.end("SIGTERM");
  const recorded = changesOf(readLedger(join(s3.folder, BUCKET))).map(({ stream, id }) => `${stream} ${id}`);
  const once = new Set(recorded);
  const lost = sent.filter((change) => !once.has(change)).length;
  const doubled = recorded.length - once.size;
  console.log(
    `\n${sent.length} changes of ${TABLES.length} tables: lost ${lost}, doubled ${doubled}; exit codes ${exit} and ${exitOfNew}`,
  );
  isGood &&= lost + doubled === 0 && exit === 0 && exitOfNew === 0 && sent.length > 0;
} finally {
  await load.end();
  await etrap.end("SIGKILL");
  await upgraded?.end("SIGKILL");
  client.disconnect();
  for (const server of [redis, s3, localnet]) await server.stop();
  await rm(folder, { recursive: true });
}
process.exitCode = isGood ? 0 : 1;

/** Returns when an agent stored each of its batches, in milliseconds since 1970 UTC. */
function timesOf({ lines }: EtrapProcess): number[] {
  const events = lines.map((line): { time: string; event: string } => JSON.parse(line));
  return events.flatMap(({ time, event }) => (event === "batch-stored" ? [Date.parse(time)] : []));
}

function show(name: string, lines: EtrapProcess["lines"]): void {
  const events = lines.map((line): string => JSON.parse(line).event).filter((event) => !WORK.has(event));
  const counts = new Map<string, number>();
  for (const event of events) counts.set(event, (counts.get(event) ?? 0) + 1);
  const told = Array.from(counts, ([event, count]) => `${event} ${count}`).join(", ");
  console.log(name.padEnd(16), String(AWAY_MS / 1000).padStart(12), String(events.length).padStart(7), ` ${told}`);
  // Silence would be no better than a thousand lines.
  isGood &&= events.length > 0 && events.length <= MOST_LINES;
}

/** Adds entries to every stream until it is ended. Returns those that Redis has acknowledged. */
function startLoad(): { end(): Promise<readonly string[]> } {
  const sent: string[] = [];
  let isOver = false;
  const run = async (): Promise<void> => {
    for (let number = 1; !isOver; number += 1) {
      for (const [index, stream] of STREAMS.entries()) {
        const id = `${1_795_395_725_706 + number}-0`;
        // An entry whose acknowledgement was lost may be there: the same id is not added twice.
        const added = await client.xadd(stream, id, ...sampleFields(number, TABLES[index])).catch(() => id);
        if (added !== null) sent.push(`${stream} ${id}`);
      }
      await sleep(100);
    }
  };
  const running = run();
  return {
    async end() {
      isOver = true;
      await running;
      return sent;
    },
  };
}
