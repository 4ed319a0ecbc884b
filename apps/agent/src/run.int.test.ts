import { join } from "node:path";
import { startRedis } from "@etrap/source-redis/testing";
import { readRecording } from "@etrap/testdata";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startEtrap } from "./testing/etrap-process.ts";
import type { EtrapProcess } from "./testing/etrap-process.ts";
import { loadEntries, untilAllCommitted } from "./testing/load-entries.ts";
import { makeFolder } from "./testing/run-etrap.ts";
import { changesOf, readRecord } from "./testing/read-record.ts";
import type { RecordedChange } from "./testing/read-record.ts";

const STREAM = "etrap.public.account";
const account = readRecording("redis-killed").filter(({ stream }) => stream === STREAM);

interface Bench {
  readonly redis: Redis;
  start(environment?: Record<string, string>): EtrapProcess;
  recorded(): RecordedChange[];
}

async function startBench(): Promise<Bench> {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port, "127.0.0.1");
  onTestFinished(() => redis.disconnect());
  const folder = join(await makeFolder(), "record");
  return {
    redis,
    start(environment = {}) {
      const settings = {
        ETRAP_ORG_ID: "acme",
        ETRAP_STORE_DIR: folder,
        REDIS_PORT: String(server.port),
        ...environment,
      };
      const etrap = startEtrap(["run"], settings);
      onTestFinished(async () => void (await etrap.end("SIGKILL")));
      return etrap;
    },
    recorded: () => changesOf(readRecord(folder)),
  };
}

test("SIGTERM drains: what was taken in is stored and committed, and the exit code is 0", async () => {
  const { redis, start, recorded } = await startBench();
  await loadEntries(redis, account);
  // No batch closes by itself: 160 changes, a size of 1000, a minute of quiet.
  const etrap = start();
  await etrap.untilLine("stream-found");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
  expect(recorded()).toHaveLength(account.length);
  await untilAllCommitted(redis, [STREAM]);
});

test("a stream that appears while it runs is picked up within two seconds, and recorded", async () => {
  const { redis, start } = await startBench();
  const etrap = start({ ETRAP_DATABASE: "erp", ETRAP_BATCH_TIMEOUT: "0.1" });
  await etrap.untilLine("leading");
  const appeared = performance.now();
  await loadEntries(redis, account);
  await etrap.untilLine("stream-found");
  expect(performance.now() - appeared).toBeLessThan(2_000);
  await etrap.untilLine("batch-stored");
});

test("of two agents one works and the other stands by, and takes over when the first is told to stop", async () => {
  const { redis, start, recorded } = await startBench();
  await loadEntries(redis, account.slice(0, 80));
  const first = start({ ETRAP_BATCH_TIMEOUT: "0.1" });
  await first.untilLine("batch-stored");
  const second = start({ ETRAP_BATCH_TIMEOUT: "0.1" });
  await second.untilLine("standby");
  expect(await first.end("SIGTERM")).toBe(0);
  await loadEntries(redis, account.slice(80));
  await second.untilLine("batch-stored");
  await untilAllCommitted(redis, [STREAM]);
  expect(await second.end("SIGTERM")).toBe(0);
  expect(recorded().map(({ id }) => id)).toEqual(account.map(({ id }) => id));
});

test("a second signal ends it at once", async () => {
  const { redis, start } = await startBench();
  await loadEntries(redis, account);
  const etrap = start();
  await etrap.untilLine("stream-found");
  await new Promise((resolve) => setTimeout(resolve, 300));
  // The drain cannot end while Redis does not answer its commit.
  await redis.call("CLIENT", "PAUSE", 60_000, "ALL");
  void etrap.end("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await etrap.end("SIGTERM")).toBe(143);
});
