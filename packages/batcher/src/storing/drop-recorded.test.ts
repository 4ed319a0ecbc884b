import { parseHeader } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { slotKey } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import { append, account, control, ids, idsOf, rowsOf, runUntilQuiet, STREAM } from "../fixtures/run-until-quiet.ts";
import type { Entry } from "../ports.ts";
import { createMemoryCarrier } from "../testing/memory-source.ts";
import type { MemoryCarrier } from "../testing/memory-source.ts";
import { sampleChange } from "../testing/sample-delivery.ts";

describe("redelivery", () => {
  test("is dropped where the ledger holds the change, whatever was committed", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 35);
    await runUntilQuiet(carrier.open(), store);
    const again = createMemoryCarrier();
    append(again, 40);
    const { events } = await runUntilQuiet(again.open(), store, { policy: { batchSize: 7 } });
    expect(await idsOf(store)).toEqual(ids(40));
    const dropped = events.flatMap((event) => (event.type === "redeliveries-dropped" ? [event.count] : []));
    expect(dropped.reduce((sum, count) => sum + count, 0)).toBe(35);
    expect(again.committed(STREAM)).toBe("40-0");
  });

  test("from any earlier epoch is dropped, also from one whose range was merged with others", async () => {
    const store = createMemoryStore();
    // Each carrier was rebuilt: it gives the same positions to other changes. A header lists the
    // ranges of 16 epochs, and merges the oldest.
    const EPOCHS = 20;
    const rebuilt = (epoch: number): MemoryCarrier => {
      const carrier = createMemoryCarrier();
      append(carrier, 3, { entryAt: (number) => sampleChange(100 * epoch + number) });
      return carrier;
    };
    for (let epoch = 0; epoch < EPOCHS; epoch += 1) await runUntilQuiet(rebuilt(epoch).open(), store);
    expect(await idsOf(store)).toHaveLength(3 * EPOCHS);
    for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
      const { events } = await runUntilQuiet(rebuilt(epoch).open(), store);
      expect(events, `epoch ${epoch}`).toContainEqual({ type: "redeliveries-dropped", count: 3 });
    }
    expect(await idsOf(store)).toHaveLength(3 * EPOCHS);
  });

  test("of poison is dropped, also when a newer decoder understands the entry", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    const fields = [new TextEncoder().encode("{")];
    const poison = { kind: "poison" as const, database: "erp", reason: "NOT_JSON" };
    carrier.appendFields(STREAM, "1-0", { entry: poison, fields });
    await runUntilQuiet(carrier.open(), store);
    for (const entry of [{ ...poison, reason: "OTHER" }, sampleChange(1)]) {
      const again = createMemoryCarrier();
      again.appendFields(STREAM, "1-0", { entry, fields });
      await runUntilQuiet(again.open(), store);
      expect(again.committed(STREAM)).toBe("1-0");
    }
    expect(await idsOf(store, control)).toEqual(["1-0"]);
    expect(await idsOf(store)).toEqual([]);
  });

  test("of a gap is dropped, and the gap is recorded once, at its position", async () => {
    const store = createMemoryStore();
    const gap = { kind: "gap" as const, database: "erp", reason: "TRIMMED_UNREAD" };
    for (const count of [6, 8]) {
      const carrier = createMemoryCarrier();
      for (let number = 1; number <= count; number += 1)
        if (number === 3) carrier.appendFields(STREAM, `${number}-0`, { entry: gap, fields: [] });
        else carrier.append(STREAM, `${number}-0`, sampleChange(number));
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
      "a gap in place of poison",
      { kind: "poison", database: "erp", reason: "A" },
      { kind: "gap", database: "erp", reason: "A" },
    ],
    [
      "poison in place of a gap",
      { kind: "gap", database: "erp", reason: "A" },
      { kind: "poison", database: "erp", reason: "A" },
    ],
    ["a change in place of a gap", { kind: "gap", database: "erp", reason: "A" }, sampleChange(1)],
  ])("with %s is recorded as well", async (_, ...entries) => {
    const store = createMemoryStore();
    for (const entry of entries) {
      const carrier = createMemoryCarrier();
      carrier.appendFields(STREAM, "1-0", { entry, fields: [] });
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
  ])("at a known position with another %s is another change, from a rebuilt carrier", async (_, members) => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 5);
    await runUntilQuiet(carrier.open(), store);
    const rebuilt = createMemoryCarrier();
    append(rebuilt, 3, { firstId: 2, entryAt: (number) => sampleChange(number, members) });
    const { events } = await runUntilQuiet(rebuilt.open(), store);
    expect(events).toContainEqual({ type: "epoch-began", chain: account, stream: STREAM, epoch: 1 });
    expect(await idsOf(store)).toEqual([...ids(5), ...ids(3, 2)]);
    const newest = parseHeader((await store.get(slotKey(account, 1))) ?? new Uint8Array());
    expect(newest.epoch).toBe(1);
  });

  test("at positions before all recorded ones is recorded, in a new epoch", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 5, { firstId: 100 });
    await runUntilQuiet(carrier.open(), store);
    const rebuilt = createMemoryCarrier();
    append(rebuilt, 5, { firstId: 1 });
    await runUntilQuiet(rebuilt.open(), store);
    await runUntilQuiet(carrier.open(), store);
    expect(await idsOf(store)).toEqual([...ids(5, 100), ...ids(5, 1)]);
  });

  test("is not assumed for equal rows at different positions, which are all recorded", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 4, { entryAt: () => sampleChange(0, { key: null }) });
    await runUntilQuiet(carrier.open(), store);
    expect(await idsOf(store)).toEqual(ids(4));
  });

  test("is recognized by stream where two streams feed one table", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    for (const stream of ["a", "b"]) for (const id of ids(12)) carrier.append(stream, id, sampleChange(0));
    await runUntilQuiet(carrier.open(), store);
    await runUntilQuiet(carrier.open(), store);
    expect(await idsOf(store)).toHaveLength(24);
  });

  test("after a step back of the source loses and doubles nothing", async () => {
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
        // Steps back while its deliveries are under way, as a new connection does.
        const deliveries = await pull({ ...options, max: 7 });
        pulls += 1;
        if (pulls % 3 === 0) source.stepBack();
        return deliveries;
      },
    };
    const { events } = await runUntilQuiet(stepping, store, { policy: { batchTimeoutMs: 5 } });
    expect(await idsOf(store)).toEqual(ids(30));
    expect(events.some(({ type }) => type === "source-reset")).toBe(true);
  });
});
