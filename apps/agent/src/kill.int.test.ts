import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startRedis } from "@etrap/source-redis/testing";
import { readRecording } from "@etrap/testdata";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import type { CapturedEntry } from "./capture-source.ts";
import { startEtrap } from "./testing/etrap-process.ts";
import { loadEntries, untilAllCommitted } from "./testing/load-entries.ts";
import { changesOf, readRecord } from "./testing/read-record.ts";

const ENTRIES = 20_000;
const KILLS = 20;

/** Entries that a real Debezium wrote, again and again under new ids, over the three streams of a recording. */
function manyEntries(): CapturedEntry[] {
  const recorded = readRecording("restart-duplicates");
  return Array.from({ length: ENTRIES }, (_, index) => {
    const { stream, fields } = recorded[index % recorded.length] ?? { stream: "", fields: [] };
    return { stream, id: `${1_795_395_725_706 + Math.floor(index / 100)}-${index}`, fields };
  });
}

test("kill -9 at 20 random moments loses nothing and doubles nothing", { timeout: 300_000 }, async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port, "127.0.0.1");
  onTestFinished(() => redis.disconnect());
  const folder = await mkdtemp(join(tmpdir(), "etrap-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const environment = {
    ETRAP_ORG_ID: "acme",
    ETRAP_STORE_DIR: folder,
    ETRAP_STREAM_PATTERN: "etrap.*",
    ETRAP_BATCH_SIZE: "100",
    ETRAP_BATCH_TIMEOUT: "0.1",
    ETRAP_LEASE: "0.3",
    REDIS_PORT: String(server.port),
  };
  const entries = manyEntries();
  const perKill = ENTRIES / KILLS;

  let killed = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const etrap = startEtrap(["run"], environment);
    await loadEntries(redis, entries.slice(kill * perKill, (kill + 1) * perKill));
    await etrap.untilLine("batch-stored");
    await sleep(Math.random() * 400);
    if ((await etrap.end("SIGKILL")) === null) killed += 1;
  }
  const last = startEtrap(["run"], environment);
  await untilAllCommitted(redis, new Set(entries.map(({ stream }) => stream)));
  expect(await last.end("SIGTERM"), last.errors()).toBe(0);
  expect(killed).toBe(KILLS);

  const changes = changesOf(readRecord(folder));
  const expected = entries.filter(({ stream }) => stream !== "etrap.transaction");
  expect(changes.map(({ stream, id }) => `${stream} ${id}`).toSorted()).toEqual(
    expected.map(({ stream, id }) => `${stream} ${id}`).toSorted(),
  );
});
