import { rename } from "node:fs/promises";
import { join } from "node:path";
import { readRecording } from "@etrap/testdata";
import { expect, test } from "vitest";
import { loadEntries, untilAllCommitted } from "./testing/load-entries.ts";
import { startBench } from "./testing/start-bench.ts";

const STREAM = "etrap.public.account";
const account = readRecording("redis-killed").filter(({ stream }) => stream === STREAM);

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

test(
  "of two agents one works and the other stands by, and takes over when the first is told to stop",
  { timeout: 30_000 },
  async () => {
    const { redis, start, recorded } = await startBench();
    await loadEntries(redis, account.slice(0, 80));
    // Once these are trimmed, which their old ids make them at once, no entry tells the second one the database's name.
    const environment = { ETRAP_DATABASE: "erp", ETRAP_BATCH_TIMEOUT: "0.1" };
    const first = start(environment);
    await first.untilLine("batch-stored");
    const second = start(environment);
    await second.untilLine("standby");
    expect(await first.end("SIGTERM")).toBe(0);
    await loadEntries(redis, account.slice(80));
    await second.untilLine("batch-stored");
    await untilAllCommitted(redis, [STREAM]);
    expect(await second.end("SIGTERM")).toBe(0);
    expect(recorded().map(({ id }) => id)).toEqual(account.map(({ id }) => id));
  },
);

test("a second signal ends it at once", { timeout: 30_000 }, async () => {
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

test("tables that must not wait do not, while the others do", { timeout: 30_000 }, async () => {
  const entries = readRecording("restart-duplicates").filter(({ stream }) => stream !== "etrap.transaction");
  const { redis, start, recorded } = await startBench();
  const etrap = start({ ETRAP_STREAM_PATTERN: "etrap.*", ETRAP_DATABASE: "erp", ETRAP_FORCE_IMMEDIATE: "audit.*" });
  await etrap.untilLine("leading");
  await loadEntries(redis, entries);
  await untilAllCommitted(redis, ["etrap.audit.account"], etrap);
  const ofAudit = entries.filter(({ stream }) => stream === "etrap.audit.account").length;
  expect(ofAudit).toBeGreaterThan(0);
  expect(recorded()).toHaveLength(ofAudit);
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
  expect(recorded()).toHaveLength(entries.length);
});

test(
  "a store that cannot be written does not keep it from ending, and nothing is lost by that",
  { timeout: 30_000 },
  async () => {
    const { redis, folder, start, recorded } = await startBench();
    const record = join(folder, "record");
    const etrap = start({ ETRAP_DATABASE: "erp", ETRAP_DRAIN_TIMEOUT: "1", ETRAP_BATCH_TIMEOUT: "0.1" });
    await etrap.untilLine("leading");
    // As a disk that is not mounted any more.
    await rename(record, `${record}-away`);
    await loadEntries(redis, account);
    await etrap.untilLine("store-waiting");
    const asked = performance.now();
    expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(etrap.lines.map((line): object => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ type: "drain-cut", changes: account.length }),
    );

    await rename(`${record}-away`, record);
    const next = start({ ETRAP_DATABASE: "erp", ETRAP_BATCH_TIMEOUT: "0.1" });
    await untilAllCommitted(redis, [STREAM], next);
    expect(recorded().map(({ id }) => id)).toEqual(account.map(({ id }) => id));
  },
);
