import { parseHeader } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { slotKey } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { append, account, runUntilQuiet, STREAM } from "../fixtures/run-until-quiet.ts";
import { createMemoryCarrier } from "../testing/memory-source.ts";
import type { MemoryCarrier } from "../testing/memory-source.ts";

describe("a chain in a damaged store", () => {
  async function recordFiftyChanges(): Promise<{ carrier: MemoryCarrier; store: MemoryStore }> {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 50);
    await runUntilQuiet(carrier.open(), store);
    append(carrier, 10, { firstId: 51 });
    return { carrier, store };
  }

  test.each([0, 1, 2])("is refused when slot %i is lost, and the hole is not filled", async (seq) => {
    const { carrier, store } = await recordFiftyChanges();
    store.lose(slotKey(account, seq));
    const before = store.keys();
    expect((await runUntilQuiet(carrier.open(), store)).error).toMatchObject({ code: "SLOT_MISSING" });
    expect(store.keys()).toEqual(before);
    expect(carrier.committed(STREAM)).toBe("50-0");
  });

  test("keeps a hole that the search for the newest slot does not find, which is not filled either", async () => {
    const { carrier, store } = await recordFiftyChanges();
    store.lose(slotKey(account, 3));
    await runUntilQuiet(carrier.open(), store);
    expect(store.keys()).not.toContain(slotKey(account, 3));
    expect(store.keys()).toContain(slotKey(account, 5));
  });

  test("is continued in spite of a foreign object beside the slots", async () => {
    const { carrier, store } = await recordFiftyChanges();
    await store.create(`${slotKey(account, 4)}~`, new TextEncoder().encode("{}"));
    expect((await runUntilQuiet(carrier.open(), store)).error).toBeUndefined();
    expect(store.keys()).toContain(slotKey(account, 5));
  });

  test("is refused when the data of its newest batch is lost", async () => {
    const { carrier, store } = await recordFiftyChanges();
    const newest = parseHeader((await store.get(slotKey(account, 4))) ?? new Uint8Array());
    const data = store
      .keys()
      .find((key) => key.endsWith("batch-data.json") && key.includes(newest.previous?.batch_id ?? "?"));
    for (const key of store.keys()) if (key.endsWith("batch-data.json") && key !== data) store.lose(key);
    expect((await runUntilQuiet(carrier.open(), store)).error).toMatchObject({ code: "LEDGER_DAMAGED" });
  });

  test("is refused when a slot holds no header", async () => {
    const { carrier, store } = await recordFiftyChanges();
    store.lose(slotKey(account, 4));
    await store.create(slotKey(account, 4), new TextEncoder().encode("{}"));
    expect((await runUntilQuiet(carrier.open(), store)).error).toMatchObject({ code: "LEDGER_DAMAGED" });
  });

  test("is refused when a slot holds the header of another seq", async () => {
    const { carrier, store } = await recordFiftyChanges();
    const [older, newest] = [slotKey(account, 3), slotKey(account, 4)];
    const bytes = (await store.get(older)) ?? new Uint8Array();
    store.lose(newest);
    await store.create(newest, bytes);
    expect((await runUntilQuiet(carrier.open(), store)).error).toMatchObject({ code: "LEDGER_DAMAGED" });
  });
});
