import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRecording } from "@etrap/testdata";
import { expect, test } from "vitest";
import type { CapturedEntry } from "./capture-file.ts";
import { loadEntries, untilAllCommitted } from "../fixtures/load-entries.ts";
import { runEtrap } from "../fixtures/run-etrap.ts";
import { startBench } from "../fixtures/start-bench.ts";
import type { Bench } from "../fixtures/start-bench.ts";

const account = readRecording("redis-killed").filter(({ stream }) => stream === "etrap.public.account");

/**
 * Returns the entries of a table that both databases have: with the same names, and with the same
 * ids.
 */
const ofDatabase = (database: string): CapturedEntry[] =>
  account.map((entry) => ({ ...entry, stream: `${database}.public.account` }));

const STREAMS = ["erp.public.account", "crm.public.account"];

const TWO = {
  erp: { stream_pattern: "erp.public.*", batch_size: 10 },
  crm: { stream_pattern: "crm.public.*", excluded_columns: ["*.owner"] },
};

async function startTwo(databases: object = TWO): Promise<Bench & { readonly environment: Record<string, string> }> {
  const bench = await startBench();
  const file = join(bench.folder, "databases.json");
  await writeFile(file, JSON.stringify(databases));
  return { ...bench, environment: { ETRAP_DATABASES_FILE: file, ETRAP_BATCH_TIMEOUT: "0.1" } };
}

const idsOf = (bench: Bench, database: string): string[] =>
  bench.recorded().flatMap(({ id, record }) => (record.database === database ? [id] : []));

test(
  "records two databases with their own chains, limits and rules, and drains both",
  { timeout: 60_000 },
  async () => {
    const bench = await startTwo();
    const etrap = bench.start({ ...bench.environment, ETRAP_BATCH_TIMEOUT: "60" });
    for (const database of ["erp", "crm"]) await loadEntries(bench.redis, ofDatabase(database));
    for (const stream of STREAMS) await etrap.untilLine(`"stream-found","stream":"${stream}"`);
    await etrap.untilLine("batch-stored");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
    await untilAllCommitted(bench.redis, STREAMS);

    const expected = account.map(({ id }) => id);
    expect([idsOf(bench, "erp"), idsOf(bench, "crm")]).toEqual([expected, expected]);
    const { lines } = await runEtrap(bench.folder, ["--json", "batches", "list"]);
    const sizes = lines.map((line): { database: string; changes: number } => JSON.parse(line));
    expect(Math.max(...sizes.flatMap(({ database, changes }) => (database === "erp" ? [changes] : [])))).toBe(10);
    expect(sizes.filter(({ database }) => database === "crm").map(({ changes }) => changes)).toEqual([account.length]);
    for (const { record } of bench.recorded()) {
      expect(JSON.stringify(record.omitted).includes("EXCLUDED")).toBe(record.database === "crm");
    }
    for (const line of etrap.lines) {
      const { event, database }: { event: string; database?: string } = JSON.parse(line);
      expect(event === "stopping" || database === "erp" || database === "crm", line).toBe(true);
    }
  },
);

test(
  "reports a database whose chain is damaged, records the other one, and loses nothing",
  { timeout: 60_000 },
  async () => {
    const bench = await startTwo();
    const half = Math.floor(account.length / 2);
    for (const database of ["erp", "crm"]) await loadEntries(bench.redis, ofDatabase(database).slice(0, half));
    const first = bench.start(bench.environment);
    await untilAllCommitted(bench.redis, STREAMS, first);
    expect(await first.end("SIGTERM"), first.errors()).toBe(0);
    await rm(join(bench.folder, "ledger/erp/account/chain/000000000000.json"));

    for (const database of ["erp", "crm"]) await loadEntries(bench.redis, ofDatabase(database).slice(half));
    const second = bench.start(bench.environment);
    await untilAllCommitted(bench.redis, ["crm.public.account"], second);
    await second.untilLine("chain-refused");
    expect(await second.end("SIGTERM")).toBe(2);
    expect(second.errors()).toMatch(/recording ended early for erp; .*DATABASES_FAILED/);
    const failed = second.lines
      .filter((line) => line.includes("database-failed"))
      .map((line): object => JSON.parse(line));
    expect(failed).toEqual([expect.objectContaining({ database: "erp", code: "SLOT_MISSING" })]);

    expect((await runEtrap(bench.folder, ["repair"])).exit).toBe(0);
    const third = bench.start(bench.environment);
    await untilAllCommitted(bench.redis, STREAMS, third);
    const expected = account.map(({ id }) => id);
    expect([idsOf(bench, "erp"), idsOf(bench, "crm")]).toEqual([expected, expected]);
  },
);

test("replays into one of several databases, and refuses a replay that names none", { timeout: 30_000 }, async () => {
  const bench = await startTwo();
  const file = join(bench.folder, "capture.jsonl");
  await writeFile(
    file,
    ofDatabase("crm")
      .map((entry) => JSON.stringify(entry))
      .join("\n"),
  );
  const refused = await runEtrap(bench.folder, ["replay", file], bench.environment);
  expect([refused.exit, refused.errors.join()]).toEqual([3, expect.stringContaining("--database erp, crm")]);
  const replayed = await runEtrap(bench.folder, ["replay", "--database", "crm", file], bench.environment);
  expect([replayed.exit, replayed.errors]).toEqual([0, []]);
  expect(idsOf(bench, "crm")).toEqual(account.map(({ id }) => id));
});

test("lets one of two databases that share a connector read its transactions", { timeout: 30_000 }, async () => {
  const bench = await startTwo({
    production: { stream_pattern: "etrap.public.*" },
    analytics: { stream_pattern: "etrap.audit.*" },
  });
  await loadEntries(bench.redis, readRecording("restart-duplicates"));
  const etrap = bench.start(bench.environment);
  await untilAllCommitted(bench.redis, ["etrap.public.account", "etrap.audit.account", "etrap.transaction"], etrap);
  expect(await etrap.end("SIGTERM"), etrap.errors()).toBe(0);
  const found = etrap.lines
    .map((line): { event: string; database: string; stream: string } => JSON.parse(line))
    .filter(({ event }) => event === "stream-found")
    .map(({ database, stream }) => `${database} ${stream}`);
  expect(found.toSorted()).toEqual([
    "analytics etrap.audit.account",
    "production etrap.public.account",
    "production etrap.transaction",
  ]);
});
