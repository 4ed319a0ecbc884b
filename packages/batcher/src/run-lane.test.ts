import { parseHeader } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import { append, control, ids, idsOf, rowsOf, runUntilQuiet, STREAM } from "./fixtures/run-until-quiet.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import { sampleChange } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

describe("the storing loop", () => {
  test("records every change once, in order, and commits it", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 25);
    const { events, error } = await runUntilQuiet(carrier.open(), store);
    expect(error).toBeUndefined();
    expect(await idsOf(store)).toEqual(ids(25));
    expect(carrier.committed(STREAM)).toBe("25-0");
    expect(events.filter(({ type }) => type === "batch-stored")).toHaveLength(3);
  });

  test("stores what it holds when it is asked to stop", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 3);
    await runUntilQuiet(carrier.open(), store, { policy: { batchTimeoutMs: 60_000 } });
    expect(await idsOf(store)).toEqual(ids(3));
  });

  test("commits skips without recording them", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 4, { entryAt: () => ({ kind: "skip", reason: "TOMBSTONE" }) });
    const { events } = await runUntilQuiet(carrier.open(), store);
    expect(store.keys()).toEqual([]);
    expect(carrier.committed(STREAM)).toBe("4-0");
    expect(events).toContainEqual({ type: "entries-skipped", count: 4, reasons: { TOMBSTONE: 4 } });
  });

  test("does not record what the rules leave out, and counts it by reason", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 2);
    append(carrier, 2, { firstId: 3, entryAt: (number) => sampleChange(number, { table: "log" }) });
    append(carrier, 1, { firstId: 5, entryAt: (number) => sampleChange(number, { operation: "UPDATE" }) });
    append(carrier, 1, { firstId: 6, entryAt: () => ({ kind: "skip", reason: "TOMBSTONE" }) });
    const rules = { ...sampleWriter.rules, excluded_tables: ["*.log"], included_operations: ["INSERT"] };
    const { events } = await runUntilQuiet(carrier.open(), store, { writer: { ...sampleWriter, rules } });
    expect(await idsOf(store)).toEqual(ids(2));
    expect(store.keys().filter((key) => !key.startsWith("erp/account/"))).toEqual([]);
    expect(carrier.committed(STREAM)).toBe("6-0");
    const reasons = { TABLE_EXCLUDED: 2, OPERATION_EXCLUDED: 1, TOMBSTONE: 1 };
    expect(events).toContainEqual({ type: "entries-skipped", count: 4, reasons });
  });

  test("records a poison entry whose bytes are withheld once, also when it is delivered again", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 2, { entryAt: () => ({ kind: "poison", database: "erp", reason: "NOT_JSON" }) });
    const writer = { ...sampleWriter, rules: { ...sampleWriter.rules, excluded_columns: ["*.iban"] } };
    await runUntilQuiet(carrier.open(), store, { writer });
    const again = createMemoryCarrier();
    append(again, 3, { entryAt: () => ({ kind: "poison", database: "erp", reason: "NOT_JSON" }) });
    await runUntilQuiet(again.open(), store, { writer });
    expect(await idsOf(store, control)).toEqual(ids(3));
    expect((await rowsOf(store, control)).map(({ record }) => record.raw)).toEqual([null, null, null]);
  });

  test("records poison in the control chain, and goes on", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 6, {
      entryAt: (number) =>
        number === 3 ? { kind: "poison", database: "erp", reason: "NOT_JSON" } : sampleChange(number),
    });
    await runUntilQuiet(carrier.open(), store);
    expect(await idsOf(store)).toEqual(["1-0", "2-0", "4-0", "5-0", "6-0"]);
    expect(await idsOf(store, control)).toEqual(["3-0"]);
    expect(carrier.committed(STREAM)).toBe("6-0");
  });

  test("does not start with options that are out of range", () => {
    const ports = { source: createMemoryCarrier().open(), store: createMemoryStore() };
    expect(() => createBatcher(ports, { ...sampleWriter, organization: "" })).toThrow(
      expect.objectContaining({ code: "BAD_OPTIONS" }),
    );
    expect(() => createBatcher(ports, { ...sampleWriter, policy: { batchSize: 0 } })).toThrow(
      expect.objectContaining({ code: "BAD_OPTIONS" }),
    );
  });
});

describe("a store that fails", () => {
  /** Returns a store whose `create` fails by plan, before or after its effect. */
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
    "with an unclear answer %s the effect gets the same bytes again, and nothing is doubled",
    async (when) => {
      const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
      append(carrier, 10);
      const unclear = faulty(store, (_, call) => (call % 2 === 1 ? { when, code: "OUTCOME_UNKNOWN" } : undefined));
      const batcher = createBatcher(
        { source: carrier.open(), store: unclear, clock: { now: () => Date.now(), sleep: async () => {} } },
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
    "%s the effect of any create loses and doubles nothing by the next run",
    async (when) => {
      for (let crashAt = 1; crashAt <= 14; crashAt += 1) {
        const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
        append(carrier, 20);
        const crashing = faulty(store, (_, call) => (call === crashAt ? { when, code: "CRASH" } : undefined));
        const first = await runUntilQuiet(carrier.open(), crashing);
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

  test("with a code that no retry can mend makes the run reject, and nothing is committed", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 10);
    const refusing = faulty(store, () => ({ when: "before", code: "BAD_KEY" }));
    expect((await runUntilQuiet(carrier.open(), refusing)).error).toMatchObject({ code: "BAD_KEY" });
    expect(carrier.committed(STREAM)).toBeUndefined();
  });
});

test("a derived document with other bytes is reported, stays as it is, and stops nothing", async () => {
  const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
  append(carrier, 3);
  await runUntilQuiet(carrier.open(), store);
  const index = store.keys().find((key) => key.endsWith("by-date.json")) ?? "";
  store.lose(index);
  await store.create(index, new TextEncoder().encode("{}"));
  append(carrier, 3, { firstId: 4 });
  const { events, error } = await runUntilQuiet(carrier.open(), store);
  expect(error).toBeUndefined();
  expect(events).toContainEqual({ type: "derived-differs", key: index });
  expect(await idsOf(store)).toEqual(ids(6));
});
