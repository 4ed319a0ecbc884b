import { chainFolder, parseHeader, slotKey, verifyBatch } from "@etrap/proof";
import type { ChainName, Row } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";
import type { BatcherEvent } from "./events.ts";
import type { Policy } from "./lanes/policy.ts";
import type { ChangeSource, Entry, ObjectStore } from "./ports.ts";
import type { Writer } from "./sealing/seal.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import type { MemoryCarrier } from "./testing/memory-source.ts";
import { createMemoryStore, MemoryStoreError } from "./testing/memory-store.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { sampleChange } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

const STREAM = "etrap.public.account";
const account = { database: "erp", schema: "public", table: "account" };
const control = { database: "erp", schema: null, table: null };

/** Adds inserts 0 … count−1 under the ids from `firstId` on. */
function append(
  carrier: MemoryCarrier,
  count: number,
  firstId = 1,
  entryAt: (number: number) => Entry = sampleChange,
): void {
  for (let number = 0; number < count; number += 1)
    carrier.append(STREAM, `${firstId + number}-0`, entryAt(firstId + number));
}

interface Outcome {
  readonly events: BatcherEvent[];
  readonly error?: unknown;
}

/** How many pulls in a row give nothing before a source counts as quiet. */
const QUIET_PULLS = 3;

/** Runs a batcher until its source has been quiet, then lets it drain. */
async function runUntilQuiet(
  source: ChangeSource,
  store: ObjectStore,
  policy: Partial<Policy> = {},
  writer: Writer = sampleWriter,
): Promise<Outcome> {
  const events: BatcherEvent[] = [];
  const stop = new AbortController();
  let quietPulls = 0;
  const watched: ChangeSource = {
    get generation() {
      return source.generation;
    },
    commit: (deliveries) => source.commit(deliveries),
    async pull(options) {
      const deliveries = await source.pull({ ...options, waitMs: Math.min(options.waitMs, 1) });
      quietPulls = deliveries.length === 0 ? quietPulls + 1 : 0;
      if (quietPulls === QUIET_PULLS) stop.abort();
      return deliveries;
    },
  };
  const quiet = { batchSize: 10, batchTimeoutMs: 0, ...policy };
  const onEvent = (event: BatcherEvent): void => void events.push(event);
  try {
    await createBatcher({ source: watched, store }, { ...writer, policy: quiet, onEvent }).run(stop.signal);
    return { events };
  } catch (error) {
    return { events, error };
  }
}

/** Every row of a chain, verified batch by batch; the slots must form one line from 0. */
async function rowsOf(store: MemoryStore, chain: ChainName): Promise<Row[]> {
  const rows: Row[] = [];
  const slots = store.keys().filter((key) => key.startsWith(`${chainFolder(chain)}chain/`));
  for (const [seq, key] of slots.entries()) {
    expect(key).toBe(slotKey(chain, seq));
    const slot = (await store.get(key)) ?? new Uint8Array();
    const id = store.keys().filter((each) => each.endsWith("batch-data.json"));
    const header = parseHeader(slot);
    for (const dataKey of id) {
      const batchData = (await store.get(dataKey)) ?? new Uint8Array();
      try {
        const batch = verifyBatch({ slot, batchData });
        expect(batch.header).toEqual(header);
        rows.push(...batch.rows);
      } catch {
        // Another slot's data, or an orphan.
      }
    }
  }
  return rows;
}
const idsOf = async (store: MemoryStore, chain: ChainName = account): Promise<string[]> =>
  (await rowsOf(store, chain)).map(({ record }) => record.position);
const ids = (count: number, firstId = 1): string[] =>
  Array.from({ length: count }, (_, index) => `${firstId + index}-0`);

describe("the loop", () => {
  test("records every change once, in order, and commits it", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 25);
    const { events, error } = await runUntilQuiet(carrier.open(), store);
    expect(error).toBeUndefined();
    expect(await idsOf(store)).toEqual(ids(25));
    expect(carrier.committed(STREAM)).toBe("25-0");
    expect(events.filter(({ type }) => type === "batch-stored")).toHaveLength(3);
  });

  test("drains what it holds when asked to stop", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 3);
    await runUntilQuiet(carrier.open(), store, { batchTimeoutMs: 60_000 });
    expect(await idsOf(store)).toEqual(ids(3));
  });

  test("commits skips without recording them", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 4, 1, () => ({ kind: "skip", reason: "TOMBSTONE" }));
    const { events } = await runUntilQuiet(carrier.open(), store);
    expect(store.keys()).toEqual([]);
    expect(carrier.committed(STREAM)).toBe("4-0");
    expect(events).toContainEqual({ type: "entries-skipped", count: 4, reasons: { TOMBSTONE: 4 } });
  });

  test("leaves out what the rules leave out, and counts it by its reason", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 2);
    append(carrier, 2, 3, (number) => sampleChange(number, { table: "log" }));
    append(carrier, 1, 5, (number) => sampleChange(number, { operation: "UPDATE" }));
    append(carrier, 1, 6, () => ({ kind: "skip", reason: "TOMBSTONE" }));
    const rules = { ...sampleWriter.rules, excluded_tables: ["*.log"], included_operations: ["INSERT"] };
    const { events } = await runUntilQuiet(carrier.open(), store, {}, { ...sampleWriter, rules });
    expect(await idsOf(store)).toEqual(ids(2));
    expect(store.keys().filter((key) => !key.startsWith("erp/account/"))).toEqual([]);
    expect(carrier.committed(STREAM)).toBe("6-0");
    const reasons = { TABLE_EXCLUDED: 2, OPERATION_EXCLUDED: 1, TOMBSTONE: 1 };
    expect(events).toContainEqual({ type: "entries-skipped", count: 4, reasons });
  });

  test("a poison entry without its bytes that comes again is recorded once", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 2, 1, () => ({ kind: "poison", database: "erp", reason: "NOT_JSON" }));
    const writer = { ...sampleWriter, rules: { ...sampleWriter.rules, excluded_columns: ["*.iban"] } };
    await runUntilQuiet(carrier.open(), store, {}, writer);
    const again = createMemoryCarrier();
    append(again, 3, 1, () => ({ kind: "poison", database: "erp", reason: "NOT_JSON" }));
    await runUntilQuiet(again.open(), store, {}, writer);
    expect(await idsOf(store, control)).toEqual(ids(3));
    expect((await rowsOf(store, control)).map(({ record }) => record.raw)).toEqual([null, null, null]);
  });

  test("records poison in the control chain and goes on", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 6, 1, (number) =>
      number === 3 ? { kind: "poison", database: "erp", reason: "NOT_JSON" } : sampleChange(number),
    );
    await runUntilQuiet(carrier.open(), store);
    expect(await idsOf(store)).toEqual(["1-0", "2-0", "4-0", "5-0", "6-0"]);
    expect(await idsOf(store, control)).toEqual(["3-0"]);
    expect(carrier.committed(STREAM)).toBe("6-0");
  });

  test("refuses options out of range", () => {
    const ports = { source: createMemoryCarrier().open(), store: createMemoryStore() };
    expect(() => createBatcher(ports, { ...sampleWriter, organization: "" })).toThrow(
      expect.objectContaining({ code: "BAD_OPTIONS" }),
    );
    expect(() => createBatcher(ports, { ...sampleWriter, policy: { batchSize: 0 } })).toThrow(
      expect.objectContaining({ code: "BAD_OPTIONS" }),
    );
  });
});

describe("redelivery", () => {
  test("what the record holds is dropped, whatever was committed", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 35);
    await runUntilQuiet(carrier.open(), store);
    const again = createMemoryCarrier();
    append(again, 40);
    const { events } = await runUntilQuiet(again.open(), store, { batchSize: 7 });
    expect(await idsOf(store)).toEqual(ids(40));
    const dropped = events.flatMap((event) => (event.type === "redeliveries-dropped" ? [event.count] : []));
    expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(35);
    expect(again.committed(STREAM)).toBe("40-0");
  });

  test("a poison entry that comes again is recorded once, also when a newer decoder understands it", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    const bytes = [new TextEncoder().encode("{")];
    carrier.append(STREAM, "1-0", { kind: "poison", database: "erp", reason: "NOT_JSON" }, bytes);
    await runUntilQuiet(carrier.open(), store);
    for (const entry of [{ kind: "poison", database: "erp", reason: "OTHER" } as const, sampleChange(1)]) {
      const again = createMemoryCarrier();
      again.append(STREAM, "1-0", entry, bytes);
      await runUntilQuiet(again.open(), store);
      expect(again.committed(STREAM)).toBe("1-0");
    }
    expect(await idsOf(store, control)).toEqual(["1-0"]);
    expect(await idsOf(store)).toEqual([]);
  });

  test("a gap is recorded once, in its place, and dropped when it comes again", async () => {
    const store = createMemoryStore();
    const gap = { kind: "gap" as const, database: "erp", reason: "TRIMMED_UNREAD" };
    for (const count of [6, 8]) {
      const carrier = createMemoryCarrier();
      for (let number = 1; number <= count; number += 1)
        carrier.append(STREAM, `${number}-0`, number === 3 ? gap : sampleChange(number), number === 3 ? [] : undefined);
      await runUntilQuiet(carrier.open(), store);
      expect(carrier.committed(STREAM)).toBe(`${count}-0`);
    }
    expect(await idsOf(store)).toEqual(["1-0", "2-0", "4-0", "5-0", "6-0", "7-0", "8-0"]);
    const recorded = (await rowsOf(store, control)).map(({ record }) => record);
    expect(recorded).toMatchObject([{ operation: "GAP", position: "3-0", reason: "TRIMMED_UNREAD", table: null }]);
  });

  test.each<[string, Entry, Entry]>([
    [
      "a gap of another kind",
      { kind: "gap", database: "erp", reason: "A" },
      { kind: "gap", database: "erp", reason: "B" },
    ],
    [
      "a gap where poison stood",
      { kind: "poison", database: "erp", reason: "A" },
      { kind: "gap", database: "erp", reason: "A" },
    ],
    [
      "poison where a gap stood",
      { kind: "gap", database: "erp", reason: "A" },
      { kind: "poison", database: "erp", reason: "A" },
    ],
    ["a change where a gap stood", { kind: "gap", database: "erp", reason: "A" }, sampleChange(1)],
  ])("%s is recorded beside it", async (_, ...entries) => {
    const store = createMemoryStore();
    for (const entry of entries) {
      const carrier = createMemoryCarrier();
      carrier.append(STREAM, "1-0", entry, []);
      await runUntilQuiet(carrier.open(), store);
    }
    expect(await idsOf(store, control)).toHaveLength(entries.filter(({ kind }) => kind !== "change").length);
    expect(await idsOf(store)).toHaveLength(entries.filter(({ kind }) => kind === "change").length);
  });

  test.each([
    ["lsn", { lsn: "99" }],
    ["tx_id", { txId: "99" }],
    ["tx_order", { txOrder: 99 }],
    ["timestamp", { timestamp: 99 }],
    ["run", { run: "second-run" }],
    ["captured_at", { capturedAt: "99" }],
    ["operation", { operation: "UPDATE" as const }],
  ])("a rebuilt carrier's change at a known position is another change: %s", async (_, members) => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 5);
    await runUntilQuiet(carrier.open(), store);
    const rebuilt = createMemoryCarrier();
    append(rebuilt, 3, 2, (number) => sampleChange(number, members));
    const { events } = await runUntilQuiet(rebuilt.open(), store);
    expect(events).toContainEqual({ type: "epoch-began", chain: account, stream: STREAM, epoch: 1 });
    expect(await idsOf(store)).toEqual([...ids(5), ...ids(3, 2)]);
    const newest = parseHeader((await store.get(slotKey(account, 1))) ?? new Uint8Array());
    expect(newest.epoch).toBe(1);
  });

  test("changes below everything recorded are recorded, in a new epoch", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 5, 100);
    await runUntilQuiet(carrier.open(), store);
    const rebuilt = createMemoryCarrier();
    append(rebuilt, 5, 1);
    await runUntilQuiet(rebuilt.open(), store);
    await runUntilQuiet(carrier.open(), store);
    expect(await idsOf(store)).toEqual([...ids(5, 100), ...ids(5, 1)]);
  });

  test("equal rows under positions of their own are all kept", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 4, 1, () => sampleChange(0, { key: null }));
    await runUntilQuiet(carrier.open(), store);
    expect(await idsOf(store)).toEqual(ids(4));
  });

  test("two streams that feed one table are told apart by stream", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    for (const stream of ["a", "b"]) for (const id of ids(12)) carrier.append(stream, id, sampleChange(0));
    await runUntilQuiet(carrier.open(), store);
    await runUntilQuiet(carrier.open(), store);
    expect(await idsOf(store)).toHaveLength(24);
  });

  test("a source that steps back causes neither loss nor doubles", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 30);
    const source = carrier.open();
    const pull = source.pull.bind(source);
    let pulls = 0;
    const stepping = {
      get generation() {
        return source.generation;
      },
      commit: source.commit.bind(source),
      async pull(options: Parameters<typeof pull>[0]) {
        // Steps back while its deliveries are on their way, as a reconnect would.
        const deliveries = await pull({ ...options, max: 7 });
        pulls += 1;
        if (pulls % 3 === 0) source.stepBack();
        return deliveries;
      },
    };
    const { events } = await runUntilQuiet(stepping, store, { batchTimeoutMs: 5 });
    expect(await idsOf(store)).toEqual(ids(30));
    expect(events.some(({ type }) => type === "stepped-back")).toBe(true);
  });
});

describe("the store", () => {
  /** A store whose `create` fails by plan: `before` the effect, or `after` it. */
  function faulty(
    store: MemoryStore,
    plan: (key: string, call: number) => { when: "before" | "after"; code: string } | undefined,
  ): ObjectStore {
    let calls = 0;
    return {
      get: store.get,
      list: store.list,
      async create(key, bytes) {
        calls += 1;
        const fault = plan(key, calls);
        if (fault?.when !== "before") await store.create(key, bytes);
        if (fault !== undefined) throw Object.assign(new Error("planned"), { code: fault.code });
      },
    };
  }

  test.each(["before", "after"] as const)(
    "an unclear answer %s the effect: the same bytes go again, and nothing is doubled",
    async (when) => {
      const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
      append(carrier, 10);
      const unsure = faulty(store, (_, call) => (call % 2 === 1 ? { when, code: "OUTCOME_UNKNOWN" } : undefined));
      const batcher = createBatcher(
        { source: carrier.open(), store: unsure, clock: { now: () => Date.now(), sleep: async () => {} } },
        {
          ...sampleWriter,
          policy: { batchSize: 5 },
        },
      );
      const stop = new AbortController();
      const done = batcher.run(stop.signal);
      while (carrier.committed(STREAM) !== "10-0") await new Promise((resolve) => setTimeout(resolve, 5));
      stop.abort();
      await done;
      expect(await idsOf(store)).toEqual(ids(10));
      expect(store.keys().filter((key) => key.endsWith("batch-data.json"))).toHaveLength(2);
    },
  );

  test.each(["before", "after"] as const)(
    "a crash %s every create: the next run loses nothing and doubles nothing",
    async (when) => {
      for (let crashAt = 1; crashAt <= 14; crashAt += 1) {
        const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
        append(carrier, 20);
        const dying = faulty(store, (_, call) => (call === crashAt ? { when, code: "CRASH" } : undefined));
        const first = await runUntilQuiet(carrier.open(), dying);
        expect(crashAt <= 12).toBe(
          first.events.some((event) => event.type === "chain-refused" && event.code === "CRASH"),
        );
        const second = await runUntilQuiet(carrier.open(), store);
        expect(second.error).toBeUndefined();
        expect(await idsOf(store)).toEqual(ids(20));
        for (const key of store.keys().filter((each) => each.includes("/chain/"))) {
          const header = parseHeader((await store.get(key)) ?? new Uint8Array());
          expect(store.keys().filter((each) => each.endsWith("merkle-tree.json")).length).toBeGreaterThanOrEqual(
            header.seq + 1,
          );
        }
      }
    },
  );

  test("a refusal that no retry helps ends the run, and nothing was committed", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 10);
    const refusing = faulty(store, () => ({ when: "before", code: "BAD_KEY" }));
    expect((await runUntilQuiet(carrier.open(), refusing)).error).toMatchObject({ code: "BAD_KEY" });
    expect(carrier.committed(STREAM)).toBeUndefined();
  });
});

describe("two writers", () => {
  test("who loses a slot seals only what the other did not record, on top", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 10);
    let raced = false;
    const racing: ObjectStore = {
      get: store.get,
      list: store.list,
      async create(key, bytes) {
        if (key.includes("/chain/") && !raced) {
          // The other writer takes the slot first, with half of the changes.
          raced = true;
          const other = createMemoryCarrier();
          append(other, 5);
          await runUntilQuiet(other.open(), store);
        }
        await store.create(key, bytes);
      },
    };
    const { events, error } = await runUntilQuiet(carrier.open(), racing);
    expect(error).toBeUndefined();
    expect(events.some(({ type }) => type === "slot-lost")).toBe(true);
    expect(await idsOf(store)).toEqual(ids(10));
    expect(carrier.committed(STREAM)).toBe("10-0");
  });

  test.each([
    ["two streams that feed one chain", ["s1", "s2"], 10],
    ["a full batch and what is left of it", ["s1"], 4],
  ])("after a lost slot, nothing that was taken in before is recorded twice: %s", async (_, streams, batchSize) => {
    const store = createMemoryStore();
    const fill = (): MemoryCarrier => {
      const carrier = createMemoryCarrier();
      for (const stream of streams)
        for (const id of ids(6)) carrier.append(stream, id, sampleChange(Number.parseInt(id, 10)));
      return carrier;
    };
    let raced = false;
    const racing: ObjectStore = {
      get: store.get,
      list: store.list,
      async create(key, bytes) {
        if (key.includes("/chain/") && !raced) {
          // The other writer records everything, in batches of another size.
          raced = true;
          await runUntilQuiet(fill().open(), store, { batchSize: 5 });
        }
        await store.create(key, bytes);
      },
    };
    const { events } = await runUntilQuiet(fill().open(), racing, { batchSize });
    expect(events.some(({ type }) => type === "slot-lost")).toBe(true);
    expect(await idsOf(store)).toHaveLength(6 * streams.length);
  });

  test("two batchers on one carrier and store at once", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 100);
    const outcomes = await Promise.all([1, 2].map(() => runUntilQuiet(carrier.open(), store, { batchSize: 9 })));
    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(await idsOf(store)).toEqual(ids(100));
  });
});

describe("a damaged store", () => {
  async function recorded(): Promise<{ carrier: MemoryCarrier; store: MemoryStore }> {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 50);
    await runUntilQuiet(carrier.open(), store);
    append(carrier, 10, 51);
    return { carrier, store };
  }

  test.each([0, 1, 2])("slot %i lost: refused, instead of filling the hole", async (seq) => {
    const { carrier, store } = await recorded();
    store.lose(slotKey(account, seq));
    const before = store.keys();
    expect((await runUntilQuiet(carrier.open(), store)).error).toMatchObject({ code: "SLOT_MISSING" });
    expect(store.keys()).toEqual(before);
    expect(carrier.committed(STREAM)).toBe("50-0");
  });

  test("a hole that the search for the newest slot does not meet is not filled either", async () => {
    const { carrier, store } = await recorded();
    store.lose(slotKey(account, 3));
    await runUntilQuiet(carrier.open(), store);
    expect(store.keys()).not.toContain(slotKey(account, 3));
    expect(store.keys()).toContain(slotKey(account, 5));
  });

  test("a foreign object beside the slots is no slot", async () => {
    const { carrier, store } = await recorded();
    await store.create(`${slotKey(account, 4)}~`, new TextEncoder().encode("{}"));
    expect((await runUntilQuiet(carrier.open(), store)).error).toBeUndefined();
    expect(store.keys()).toContain(slotKey(account, 5));
  });

  test("the newest batch's data lost: refused", async () => {
    const { carrier, store } = await recorded();
    const newest = parseHeader((await store.get(slotKey(account, 4))) ?? new Uint8Array());
    const data = store
      .keys()
      .find((key) => key.endsWith("batch-data.json") && key.includes(newest.previous?.batch_id ?? "?"));
    for (const key of store.keys()) if (key.endsWith("batch-data.json") && key !== data) store.lose(key);
    expect((await runUntilQuiet(carrier.open(), store)).error).toMatchObject({ code: "RECORD_DAMAGED" });
  });

  test("a slot that is no header: refused", async () => {
    const { carrier, store } = await recorded();
    store.lose(slotKey(account, 4));
    await store.create(slotKey(account, 4), new TextEncoder().encode("{}"));
    expect((await runUntilQuiet(carrier.open(), store)).error).toMatchObject({ code: "RECORD_DAMAGED" });
  });

  test("another chain's slot: refused", async () => {
    const { carrier, store } = await recorded();
    const [older, newest] = [slotKey(account, 3), slotKey(account, 4)];
    const bytes = (await store.get(older)) ?? new Uint8Array();
    store.lose(newest);
    await store.create(newest, bytes);
    expect((await runUntilQuiet(carrier.open(), store)).error).toMatchObject({ code: "RECORD_DAMAGED" });
  });
});

test("a derived document with other bytes is reported, left alone, and stops nothing", async () => {
  const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
  append(carrier, 3);
  await runUntilQuiet(carrier.open(), store);
  const index = store.keys().find((key) => key.endsWith("by-date.json")) ?? "";
  store.lose(index);
  await store.create(index, new TextEncoder().encode("{}"));
  append(carrier, 3, 4);
  const { events, error } = await runUntilQuiet(carrier.open(), store);
  expect(error).toBeUndefined();
  expect(events).toContainEqual({ type: "derived-differs", key: index });
  expect(await idsOf(store)).toEqual(ids(6));
});

test("the store's errors keep their code", () => {
  expect(new MemoryStoreError("KEY_CONFLICT", "x")).toMatchObject({ code: "KEY_CONFLICT" });
});
