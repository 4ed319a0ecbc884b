import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readRecording } from "@etrap/testdata";
import { expect, test } from "vitest";
import { loadEntries, untilAllCommitted } from "../fixtures/load-entries.ts";
import { startBench } from "../fixtures/start-bench.ts";
import type { Bench } from "../fixtures/start-bench.ts";

const STREAM = "etrap.public.account";
const account = readRecording("redis-killed").filter(({ stream }) => stream === STREAM);
const ENVIRONMENT = { ETRAP_DATABASE: "erp", ETRAP_BATCH_TIMEOUT: "0.1", ETRAP_STREAM_RETENTION: "off" };
const KEY = "etrap:source:acme:erp";

/** Starts a bench whose agent has recorded and committed half of the entries. */
async function startUsed(): Promise<Bench> {
  const bench = await startBench();
  await loadEntries(bench.redis, account.slice(0, 80));
  await recordAll(bench);
  await loadEntries(bench.redis, account.slice(80));
  return bench;
}

async function recordAll({ redis, start }: Bench, ...options: string[]): Promise<void> {
  const etrap = start(ENVIRONMENT, ...options);
  await etrap.untilLine("leading");
  await untilAllCommitted(redis, [STREAM], etrap);
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
}

async function expectRefused({ start }: Bench): Promise<void> {
  const etrap = start(ENVIRONMENT);
  expect(await etrap.exited).toBe(2);
  expect(etrap.errors()).toMatch(/SOURCE_MISMATCH/);
  expect(etrap.lines.join("\n")).not.toContain("batch-stored");
}

async function idOf({ folder }: Bench): Promise<string> {
  const file: { id: string } = JSON.parse(await readFile(join(folder, "ledger/.etrap/sources/erp.json"), "utf8"));
  return file.id;
}

test("gives both the same id, and goes on with it", { timeout: 30_000 }, async () => {
  const bench = await startUsed();
  expect(await bench.redis.get(KEY)).toBe(await idOf(bench));
  await recordAll(bench);
  expect(bench.recorded()).toHaveLength(account.length);
});

test("refuses another folder behind a committed position", { timeout: 30_000 }, async () => {
  const bench = await startUsed();
  const ledger = join(bench.folder, "ledger");
  await rename(ledger, `${ledger}-away`);
  await expectRefused(bench);
  await rm(ledger, { recursive: true });
  await rename(`${ledger}-away`, ledger);
  await recordAll(bench);
  expect(bench.recorded().map(({ id }) => id)).toEqual(account.map(({ id }) => id));
});

test("refuses another folder also behind a position from before there were ids", { timeout: 30_000 }, async () => {
  const bench = await startUsed();
  await bench.redis.del(KEY);
  await rm(join(bench.folder, "ledger"), { recursive: true });
  await expectRefused(bench);
  await recordAll(bench, "--adopt-source");
  expect(await bench.redis.get(KEY)).toBe(await idOf(bench));
  expect(bench.recorded().map(({ id }) => id)).toEqual(account.slice(80).map(({ id }) => id));
});

test("refuses a Redis that lost its data, until it is adopted", { timeout: 30_000 }, async () => {
  const bench = await startUsed();
  const id = await idOf(bench);
  await bench.redis.flushall();
  await loadEntries(bench.redis, account);
  await expectRefused(bench);
  await recordAll(bench, "--adopt-source");
  expect([await idOf(bench), await bench.redis.get(KEY)]).toEqual([id, id]);
  expect(bench.recorded().map((change) => change.id)).toEqual(account.map((entry) => entry.id));
  await recordAll(bench);
});

test("goes on with a ledger from before there were ids", { timeout: 30_000 }, async () => {
  const bench = await startUsed();
  await bench.redis.del(KEY);
  await rm(join(bench.folder, "ledger/.etrap"), { recursive: true });
  await recordAll(bench);
  expect(bench.recorded()).toHaveLength(account.length);
  expect(await bench.redis.get(KEY)).toBe(await idOf(bench));
});
