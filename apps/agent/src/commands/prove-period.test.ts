import { batchFolder } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore, sampleBatch } from "@etrap/ledger/testing";
import type { MemoryStore, SampleBatch } from "@etrap/ledger/testing";
import { verifyProof } from "@etrap/proof";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";
import { parsePeriod } from "./change-period.ts";
import { proveChanges } from "./prove-changes.ts";
import type { Proved, ProveQuery } from "./prove-changes.ts";

const DAY_MS = 86_400_000;
const START = Date.parse("2025-01-01");
const dayOf = (index: number): number => START + index * DAY_MS;

interface Ledger {
  readonly store: MemoryStore;
  readonly batches: readonly SampleBatch[];
}

/** A chain with a batch for each list of times. */
async function makeLedger(times: readonly (readonly (number | null)[])[]): Promise<Ledger> {
  const store = createMemoryStore();
  const batches: SampleBatch[] = [];
  let number = 1;
  for (const timestamps of times) {
    const changes = timestamps.length;
    const batch = sampleBatch({ previous: batches.at(-1)?.header, changes, timestamps, firstNumber: number });
    number += changes;
    batches.push(batch);
    for (const { key, bytes } of [batch.data, batch.slot, ...batch.derived()]) await store.create(key, bytes);
  }
  return { store, batches };
}

interface Counted extends Proved {
  /** The keys that were read. */
  readonly read: readonly string[];
}

async function prove(store: ObjectStore, query: Partial<ProveQuery>): Promise<Counted> {
  const read: string[] = [];
  const counting = { ...store, get: async (key: string) => (read.push(key), store.get(key)) };
  const whole = { table: "account", database: undefined, where: [], show: undefined, period: undefined };
  const rest = { operation: undefined, readAll: false };
  return { ...(await proveChanges(counting, { ...whole, ...rest, ...query }, await makeFolder())), read };
}

/** Looks for every change of the ledger, one by one, and adds the answers up. */
async function proveEach({ store, batches }: Ledger, query: Partial<ProveQuery>): Promise<Counted> {
  const count = batches.reduce((sum, { header }) => sum + header.leaf_count, 0);
  let sum: Counted = { files: [], undecided: 0, damages: [], unread: { byHeader: 0, byIndex: 0 }, read: [] };
  for (let id = 1; id <= count; id += 1) {
    const { files, undecided, read, unread } = await prove(store, { where: [`id=${id}`], ...query });
    sum = {
      ...sum,
      unread,
      files: [...sum.files, ...files],
      undecided: sum.undecided + undecided,
      read: [...sum.read, ...read],
    };
  }
  return sum;
}

const on = (day: number): ProveQuery["period"] =>
  parsePeriod({ on: new Date(dayOf(day)).toISOString().slice(0, 10), readAll: false });

test("one row of a known day among 1,000 batches: reads the slots, and beyond them one index and one batch", async () => {
  const { store, batches } = await makeLedger(Array.from({ length: 1_000 }, (_, day) => [dayOf(day) + DAY_MS / 2]));
  const { files, read, unread } = await prove(store, { where: ["id=501"], period: on(500) });
  expect(files).toHaveLength(1);
  const beyond = read.filter((key) => !key.includes("/chain/") && !key.endsWith("/anchor.json"));
  const folder = batchFolder(
    batches[500]?.header ?? { database: "", schema: null, table: null },
    batches[500]?.id ?? "",
  );
  expect(beyond).toEqual([`${folder}indices/by-date.json`, `${folder}batch-data.json`]);
  // The slots and the one after the last. Some are read again, to look for an anchor.
  expect(new Set(read.filter((key) => key.includes("/chain/"))).size).toBeLessThan(1_010);
  expect(read.filter((key) => key.endsWith("/anchor.json")).length).toBeLessThan(40);
  expect(unread).toEqual({ byHeader: 999, byIndex: 0 });
  const proof = verifyProof(await readFile(files[0] ?? ""));
  expect(proof.record.timestamp).toBe(dayOf(500) + DAY_MS / 2);
});

describe("a batch is read", () => {
  // The first and last change are of day 0 and day 9, and those between of day 4 and none.
  const long = [dayOf(0), dayOf(4), null, dayOf(4) + 5, dayOf(9)];

  test("where its index names the day, and only the changes of the day are proved", async () => {
    const ledger = await makeLedger([long]);
    expect(await proveEach(ledger, { period: on(4) })).toMatchObject({ files: { length: 2 }, undecided: 1 });
  });

  test("not where its index names another day, which the answer tells", async () => {
    const ledger = await makeLedger([[dayOf(0), dayOf(9)]]);
    const { files, unread, read } = await proveEach(ledger, { period: on(4) });
    expect({ files, unread }).toEqual({ files: [], unread: { byHeader: 0, byIndex: 1 } });
    expect(read).not.toContain(ledger.batches[0]?.data.key);
  });

  test("where a change has no time: it may be of the day", async () => {
    const ledger = await makeLedger([[dayOf(0), null, dayOf(9)]]);
    expect(await proveEach(ledger, { period: on(4) })).toMatchObject({ files: [], undecided: 1 });
  });

  test.each([
    ["the first", [null, dayOf(9)]],
    ["the last", [dayOf(0), null]],
  ])("where %s change has no time", async (_, times) => {
    const ledger = await makeLedger([times]);
    expect(await proveEach(ledger, { period: on(400) })).toMatchObject({ unread: { byHeader: 0, byIndex: 0 } });
  });

  test("where the times of its first and last change come near, since commits may be out of order", async () => {
    const ledger = await makeLedger([[dayOf(5) + 1, dayOf(5) - 1, dayOf(5) + 2]]);
    expect(await proveEach(ledger, { period: on(4) })).toMatchObject({ files: { length: 1 }, unread: { byHeader: 0 } });
  });

  test.each(["lost", "damaged", "of another batch"])("where its index is %s", async (state) => {
    const ledger = await makeLedger([[dayOf(4)], [dayOf(4)]]);
    const { store, batches } = ledger;
    const [first, second] = batches.map((batch) => `${batchFolder(batch.header, batch.id)}indices/by-date.json`);
    const other = state === "of another batch" ? await store.get(second ?? "") : new Uint8Array(1);
    store.lose(first ?? "");
    if (state !== "lost" && other !== undefined) await store.create(first ?? "", other);
    expect(await proveEach(ledger, { period: on(4) })).toMatchObject({ files: { length: 2 } });
  });

  test("with readAll, whatever its header and index say", async () => {
    const ledger = await makeLedger([[dayOf(0), dayOf(9)], [dayOf(300)]]);
    const { read, files } = await proveEach(ledger, { period: on(4), readAll: true });
    expect(files).toEqual([]);
    expect(ledger.batches.every(({ data }) => read.includes(data.key))).toBe(true);
  });

  test("not where its header counts no such operation", async () => {
    const ledger = await makeLedger([[dayOf(0)], [dayOf(1)]]);
    expect(await proveEach(ledger, { operation: "DELETE" })).toMatchObject({ files: [], unread: { byHeader: 2 } });
    expect(await proveEach(ledger, { operation: "INSERT" })).toMatchObject({ files: { length: 2 } });
  });
});

test("an index that lies hides no row in silence: the answer is not a no", async () => {
  const ledger = await makeLedger([
    [dayOf(0), dayOf(4), dayOf(9)],
    [dayOf(0), dayOf(9)],
  ]);
  const { store, batches } = ledger;
  const [hidden, other] = batches.map((batch) => `${batchFolder(batch.header, batch.id)}indices/by-date.json`);
  const text = new TextDecoder()
    .decode(await store.get(other ?? ""))
    .replace(batches[1]?.id ?? "", batches[0]?.id ?? "");
  store.lose(hidden ?? "");
  await store.create(hidden ?? "", new TextEncoder().encode(text));
  expect(await proveEach(ledger, { period: on(4) })).toMatchObject({ files: [], unread: { byIndex: 2 } });
  expect(await proveEach(ledger, { period: on(4), readAll: true })).toMatchObject({ files: { length: 1 } });
});

describe("etrap prove", () => {
  const TABLE = ["prove", "--table", "account", "--where", "id=10011"];

  test("takes a day or a time, and says what was not read", async () => {
    const folder = await makeReplayedFolder();
    const all = await runEtrap(folder, [...TABLE, "--out", folder]);
    const never = await runEtrap(folder, [...TABLE, "--on", "2001-01-01", "--out", folder]);
    expect(all.exit).toBe(0);
    expect(never.exit).toBe(1);
    expect(never.errors[0]).toMatch(/^5 batches were not read: their headers name no such operation or time$/);
    const since = await runEtrap(folder, [
      ...TABLE,
      "--since",
      "2001-01-01",
      "--until",
      "2100-01-01T00:00Z",
      "--out",
      folder,
    ]);
    expect({ exit: since.exit, lines: since.lines }).toEqual({ exit: 0, lines: all.lines });
  });

  test.each([
    [["--on", "yesterday"], "--on"],
    [["--on", "2026-02-30"], "--on"],
    [["--on", "2026-11-30T00:00Z"], "--on"],
    [["--on", "2026-11-30", "--since", "2026-11-30"], "--on"],
    [["--since", "now"], "--since"],
    [["--since", "2026-11-30", "--until", "2026-11-30"], "--until"],
    [["--operation", "insert"], "--operation"],
  ])("refuses %j", async (options, name) => {
    const { exit, errors } = await runEtrap(await makeFolder(), [...TABLE, ...options]);
    expect({ exit, errors }).toEqual({
      exit: 3,
      errors: [expect.stringMatching(new RegExp(`${name}: expected .*BAD_ARGUMENT`))],
    });
  });
});
