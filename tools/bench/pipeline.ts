/** Measures events per second from Redis to a folder, next to a raw XREAD of the same streams. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBatcher } from "@etrap/batcher";
import { openRedisSource, redisClientOptions } from "@etrap/source-redis";
import { openFsStore } from "@etrap/storage-fs";
import { readRecording } from "@etrap/testdata";
import { Redis } from "ioredis";
import { startRedis } from "@etrap/test-servers";

const EVENTS = 50_000;
const ROUNDS = 3;
const COUNT = 1_000;

const server = await startRedis();
const redis = new Redis(server.port, "127.0.0.1");
try {
  const recorded = readRecording("restart-duplicates").filter(({ stream }) => stream !== "etrap.transaction");
  const streams = [...new Set(recorded.map(({ stream }) => stream))];
  await load();
  console.log(
    `${EVENTS} events of ${streams.length} tables, as a real Debezium wrote them (schemas off), batches of ${COUNT}\n`,
  );
  console.log("round   raw XREAD drain      Redis → folder      ratio");
  for (let round = 1; round <= ROUNDS; round += 1) {
    const raw = EVENTS / (await secondsOf(() => drain(streams)));
    const whole = EVENTS / (await secondsOf(recordAll));
    console.log(
      `${String(round).padStart(5)}   ${perSecond(raw)}   ${perSecond(whole)}     ${(whole / raw).toFixed(3)}`,
    );
  }

  async function load(): Promise<void> {
    for (let start = 0; start < EVENTS; start += COUNT) {
      const pipeline = redis.pipeline();
      for (let index = start; index < start + COUNT; index += 1) {
        const { stream, fields } = recorded[index % recorded.length] ?? { stream: "", fields: [] };
        pipeline.xadd(stream, `${index + 1}-0`, ...fields.flat());
      }
      await pipeline.exec();
    }
  }
} finally {
  redis.disconnect();
  await server.stop();
}

async function drain(streams: readonly string[]): Promise<void> {
  const cursors = new Map(streams.map((stream) => [stream, "0"]));
  for (;;) {
    const replies = await redis.xreadBuffer("COUNT", COUNT, "STREAMS", ...cursors.keys(), ...cursors.values());
    if (replies === null) return;
    for (const [stream, entries] of replies) cursors.set(String(stream), String(entries.at(-1)?.[0]));
  }
}

async function recordAll(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-bench-"));
  const client = new Redis({ ...redisClientOptions(), host: "127.0.0.1", port: server.port });
  const done = new AbortController();
  // Each round has its own consumer group, so each reads everything.
  const options = {
    organization: "bench",
    streamPattern: "etrap.*",
    group: folder,
    consumer: "bench",
    retentionMs: null,
  };
  const source = await openRedisSource({ client, ...options }, done.signal);
  let stored = 0;
  const batcher = createBatcher(
    { source, store: await openFsStore({ root: folder }) },
    {
      organization: "bench",
      agent: "bench",
      capture: { carrier: "debezium-redis", source_name: source.database, options: {} },
      rules: { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] },
      policy: { batchSize: COUNT, batchTimeoutMs: 100 },
      onEvent(event) {
        if (event.type === "batch-stored") stored += event.header.leaf_count;
        if (stored === EVENTS) done.abort();
      },
    },
  );
  try {
    await batcher.run(done.signal);
  } finally {
    await source.close();
    client.disconnect();
    await rm(folder, { recursive: true });
  }
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString("en")} events/s`.padStart(17);
}
