import { describe, expect, test } from "vitest";
import { completeDerived } from "./complete-derived.ts";
import type { CompleteDerivedOptions, IncompleteBatch } from "./complete-derived.ts";
import { slotKey } from "./object-keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { createMemoryStore } from "./testing/memory-store.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { sampleBatches, sampleChain } from "./testing/sample-batches.ts";

const account = sampleChain("account");
const BATCHES = sampleBatches(6);

/** A store with the batches, in which those with these numbers have no derived documents. */
async function storeWithout(...incomplete: readonly number[]): Promise<MemoryStore> {
  const store = createMemoryStore();
  for (const [seq, { data, slot, derived }] of BATCHES.entries()) {
    const documents = incomplete.includes(seq) ? [] : derived();
    for (const { key, bytes } of [data, slot, ...documents]) await store.create(key, bytes);
  }
  return store;
}

async function complete(store: ObjectStore, options?: CompleteDerivedOptions): Promise<IncompleteBatch[]> {
  const batches: IncompleteBatch[] = [];
  for await (const batch of completeDerived(store, account, options)) batches.push(batch);
  return batches;
}

const seqsOf = (batches: readonly IncompleteBatch[]): number[] => batches.map(({ header }) => header.seq);

describe("missing derived documents", () => {
  test.each([[[0, 1, 2, 3]], [[0, 2, 4]], [[5]], [[0, 1, 2, 3, 4, 5]]])(
    "of batches %o are created, wherever complete batches stand",
    async (incomplete) => {
      const store = await storeWithout(...incomplete);
      expect(seqsOf(await complete(store))).toEqual(incomplete);
      for (const { derived } of BATCHES)
        for (const { key, bytes } of derived()) expect(await store.get(key)).toEqual(bytes);
      expect(await complete(store)).toEqual([]);
    },
  );

  test("are created alone: those that stand stay, whatever they hold", async () => {
    const store = await storeWithout(1);
    const [tree, ...others] = BATCHES[1]?.derived() ?? [];
    const other = new TextEncoder().encode("{}");
    await store.create(tree?.key ?? "", other);
    expect(await complete(store)).toMatchObject([{ kind: "completed", keys: others.map(({ key }) => key) }]);
    expect(await store.get(tree?.key ?? "")).toEqual(other);
  });

  test("are named and not created in a dry run", async () => {
    const store = await storeWithout(0, 3);
    const before = store.keys();
    const found = await complete(store, { dryRun: true });
    expect(seqsOf(found)).toEqual([0, 3]);
    expect(found).toMatchObject([{ keys: { length: 4 } }, { keys: { length: 4 } }]);
    expect(store.keys()).toEqual(before);
  });

  test.each([
    ["missing", undefined],
    ["damaged", new TextEncoder().encode("{}")],
  ])("of a batch whose data is %s are reported, and the others are created", async (_, bytes) => {
    const store = await storeWithout(1, 2, 3);
    const key = BATCHES[2]?.data.key ?? "";
    store.lose(key);
    if (bytes !== undefined) await store.create(key, bytes);
    const found = await complete(store);
    expect(found.map(({ kind }) => kind)).toEqual(["completed", "damaged", "completed"]);
    expect(found[1]).toMatchObject({ error: { code: "LEDGER_DAMAGED", message: expect.stringContaining(key) } });
  });

  test("behind a missing slot are not looked for: the chain must be repaired first", async () => {
    const store = await storeWithout(0, 4);
    store.lose(slotKey(account, 2));
    await expect(complete(store)).rejects.toMatchObject({ code: "SLOT_MISSING" });
  });

  test("stay missing where the store fails, and are created by the next try", async () => {
    const store = await storeWithout(1, 2);
    let calls = 0;
    const failing: ObjectStore = {
      ...store,
      async create(key, bytes) {
        calls += 1;
        if (calls > 5) throw Object.assign(new Error("away"), { code: "UNAVAILABLE" });
        await store.create(key, bytes);
      },
    };
    await expect(complete(failing)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(seqsOf(await complete(store))).toEqual([2]);
  });
});

test("a batch that no store creates, such as one that is too large, does not keep the others from being completed", async () => {
  const store = await storeWithout(0, 1, 2);
  const damaged = BATCHES[1]?.data.key;
  const reading: ObjectStore = {
    ...store,
    async get(key) {
      if (key === damaged) throw Object.assign(new Error(`${key}: too large`), { code: "DAMAGED" });
      return store.get(key);
    },
  };
  const batches = await complete(reading);
  expect(batches.map(({ kind }) => kind)).toEqual(["completed", "damaged", "completed"]);
  expect(batches[1]).toMatchObject({ error: { code: "LEDGER_DAMAGED", message: `${damaged}: too large` } });
});
