import { rename } from "node:fs/promises";
import { join } from "node:path";
import { readRecording } from "@etrap/testdata";
import { expect, test } from "vitest";
import { loadEntries, untilAllCommitted } from "../fixtures/load-entries.ts";
import { startBench } from "../fixtures/start-bench.ts";

const STREAM = "etrap.public.account";
const account = readRecording("redis-killed").filter(({ stream }) => stream === STREAM);

test("stores and commits on SIGTERM what was read, and exits with 0", async () => {
  const { redis, start, recorded } = await startBench();
  await loadEntries(redis, account);
  // No batch closes before the signal: 160 changes are fewer than 1000, and the timeout is a
  // minute.
  const etrap = start();
  await etrap.untilLine("stream-found");
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
  expect(recorded()).toHaveLength(account.length);
  await untilAllCommitted(redis, [STREAM]);
});

test("finds a new stream within two seconds, and records it", async () => {
  const { redis, start } = await startBench();
  const etrap = start({ ETRAP_DATABASE: "erp", ETRAP_BATCH_TIMEOUT: "0.1" });
  await etrap.untilLine("leading");
  const appeared = performance.now();
  await loadEntries(redis, account);
  await etrap.untilLine("stream-found");
  expect(performance.now() - appeared).toBeLessThan(2_000);
  await etrap.untilLine("batch-stored");
});

test("lets a standby take over when the leading agent stops", { timeout: 30_000 }, async () => {
  const { redis, start, recorded } = await startBench();
  await loadEntries(redis, account.slice(0, 80));
  // Entries with ids this old are trimmed at once. Then no entry gives the second agent the name of
  // the database.
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
});

test("ends at once on a second signal", { timeout: 30_000 }, async () => {
  const { redis, start } = await startBench();
  await loadEntries(redis, account);
  const etrap = start();
  await etrap.untilLine("stream-found");
  await new Promise((resolve) => setTimeout(resolve, 300));
  // The drain cannot end before Redis answers its commit.
  await redis.call("CLIENT", "PAUSE", 60_000, "ALL");
  void etrap.end("SIGTERM");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await etrap.end("SIGTERM")).toBe(143);
});

test("stores the changes of force_immediate tables at once, and lets others wait", { timeout: 30_000 }, async () => {
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
  "ends in time while the store cannot be written, exits with 2, and loses nothing",
  { timeout: 30_000 },
  async () => {
    const { redis, folder, start, recorded } = await startBench();
    const ledger = join(folder, "ledger");
    const etrap = start({ ETRAP_DATABASE: "erp", ETRAP_DRAIN_TIMEOUT: "1", ETRAP_BATCH_TIMEOUT: "0.1" });
    await etrap.untilLine("leading");
    // Like a disk that is no longer mounted.
    await rename(ledger, `${ledger}-away`);
    await loadEntries(redis, account);
    await etrap.untilLine("store-waiting");
    const asked = performance.now();
    expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(2);
    expect(etrap.errors()).toMatch(new RegExp(`with ${account.length} left; nothing is lost.*CHANGES_UNSTORED`));
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(etrap.lines.map((line): object => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ event: "drain-timed-out", changes: account.length }),
    );

    await rename(`${ledger}-away`, ledger);
    const next = start({ ETRAP_DATABASE: "erp", ETRAP_BATCH_TIMEOUT: "0.1" });
    await untilAllCommitted(redis, [STREAM], next);
    expect(recorded().map(({ id }) => id)).toEqual(account.map(({ id }) => id));
  },
);

test("goes on recording when the reader of its output goes away", { timeout: 30_000 }, async () => {
  const { redis, start, recorded } = await startBench();
  const etrap = start({ ETRAP_DATABASE: "erp", ETRAP_BATCH_TIMEOUT: "0.1", ETRAP_DEBUG: "true" });
  await etrap.untilLine("leading");
  etrap.closeOutput();
  for (const half of [account.slice(0, 80), account.slice(80)]) {
    await loadEntries(redis, half);
    await untilAllCommitted(redis, [STREAM], etrap);
  }
  expect(await etrap.end("SIGTERM")).toBe(0);
  expect(recorded()).toHaveLength(account.length);
});
