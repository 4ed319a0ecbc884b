import { headerDigest } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { slotKey } from "./object-keys.ts";
import { repairChain } from "./repair-chain.ts";
import type { RepairOptions } from "./repair-chain.ts";
import { createMemoryStore } from "./testing/memory-store.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { sampleBatch, sampleChain } from "./testing/sample-batches.ts";
import type { SampleBatch, SampleBatchOptions } from "./testing/sample-batches.ts";

const account = sampleChain("account");
const other = sampleChain("other");
const SLOTS = 6;

/** Returns a batch of two changes with random salts, so another one at each call. */
function sealBatch(previous: Header | undefined, options: SampleBatchOptions = {}): SampleBatch {
  const randomBytes = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  return sampleBatch({ chain: account, previous, changes: 2, randomBytes, ...options });
}

function sealChain(): SampleBatch[] {
  const batches: SampleBatch[] = [];
  for (let seq = 0; seq < SLOTS; seq += 1) batches.push(sealBatch(batches.at(-1)?.header));
  return batches;
}

/** The batches of the chain, which no test changes. */
const BATCHES = sealChain();

/** Returns the batch with this seq. */
function batchAt(seq: number): SampleBatch {
  const batch = BATCHES[seq];
  if (batch === undefined) throw new RangeError(`expected a seq below ${SLOTS}`);
  return batch;
}

async function storeWithout(...lost: readonly number[]): Promise<MemoryStore> {
  const store = createMemoryStore();
  for (const { data, slot } of BATCHES) {
    await store.create(data.key, data.bytes);
    await store.create(slot.key, slot.bytes);
  }
  for (const seq of lost) store.lose(slotKey(account, seq));
  return store;
}

/** Puts other bytes under a key, as a fault outside the process would. */
async function replace(store: MemoryStore, key: string, bytes: Uint8Array): Promise<void> {
  store.lose(key);
  await store.create(key, bytes);
}

/** Repairs the chain. Returns the seqs that were restored, and the error at the end. */
async function repair(
  store: MemoryStore,
  options?: RepairOptions,
): Promise<{ readonly restored: number[]; readonly error?: unknown }> {
  const restored: number[] = [];
  try {
    for await (const { key, header } of repairChain(store, account, options)) {
      expect(key).toBe(slotKey(account, header.seq));
      restored.push(header.seq);
    }
    return { restored };
  } catch (error) {
    return { restored, error };
  }
}

async function expectWhole(store: MemoryStore): Promise<void> {
  for (const { slot } of BATCHES) expect(await store.get(slot.key)).toEqual(slot.bytes);
}

/** Replaces a text in bytes, which must contain it. */
function edited(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  expect(text).toContain(from);
  return new TextEncoder().encode(text.replaceAll(from, to));
}

describe("a repair", () => {
  test("restores nothing where nothing is missing", async () => {
    const store = await storeWithout();
    const before = store.keys();
    expect(await repair(store)).toEqual({ restored: [] });
    expect(store.keys()).toEqual(before);
  });

  test("restores any slots but the newest, byte for byte, from the newest down", async () => {
    const older = fc.subarray(Array.from({ length: SLOTS - 1 }, (_, seq) => seq));
    await fc.assert(
      fc.asyncProperty(older, async (lost) => {
        const store = await storeWithout(...lost);
        expect(await repair(store)).toEqual({ restored: lost.toReversed() });
        await expectWhole(store);
        expect(await repair(store)).toEqual({ restored: [] });
      }),
      // Each slot alone, and all of them.
      { numRuns: 20, examples: [[[0]], [[1]], [[2]], [[3]], [[4]], [[0, 1, 2, 3, 4]]] },
    );
  });

  test("restores nothing in a chain without slots", async () => {
    expect(await repair(createMemoryStore())).toEqual({ restored: [] });
  });

  test("does not see that the newest slot is missing, since no header names its batch", async () => {
    const store = await storeWithout(2, 5);
    expect(await repair(store)).toEqual({ restored: [2] });
    expect(store.keys()).not.toContain(slotKey(account, 5));
  });

  test("ignores a foreign object beside the slots", async () => {
    const store = await storeWithout(2);
    await store.create(`${slotKey(account, 5)}~`, new TextEncoder().encode("{}"));
    await store.create(slotKey(account, 7).replace(".json", ".bak"), new TextEncoder().encode("{}"));
    expect(await repair(store)).toEqual({ restored: [2] });
  });

  test("creates nothing with dryRun, and yields what it would restore", async () => {
    const store = await storeWithout(1, 2, 4);
    const before = store.keys();
    expect(await repair(store, { dryRun: true })).toEqual({ restored: [4, 2, 1] });
    expect(store.keys()).toEqual(before);
  });
});

describe("an orphan of the same seq", () => {
  /** Stores a batch that would fit in the slot, but that the next header does not name. */
  async function storeOrphan(store: MemoryStore): Promise<SampleBatch> {
    const orphan = sealBatch(batchAt(2).header);
    expect(orphan.id).not.toBe(batchAt(3).id);
    await store.create(orphan.data.key, orphan.data.bytes);
    return orphan;
  }

  test("is not used where it stands beside the lost batch", async () => {
    const store = await storeWithout(3);
    await storeOrphan(store);
    expect(await repair(store)).toEqual({ restored: [3] });
    await expectWhole(store);
  });

  test("is not used where it stands in place of the lost batch", async () => {
    const store = await storeWithout(3);
    const orphan = await storeOrphan(store);
    await replace(store, batchAt(3).data.key, orphan.data.bytes);
    expect(await repair(store)).toMatchObject({ restored: [], error: { code: "LEDGER_DAMAGED" } });
    expect(store.keys()).not.toContain(slotKey(account, 3));
  });

  test("is not used where the lost batch is gone", async () => {
    const store = await storeWithout(3);
    await storeOrphan(store);
    store.lose(batchAt(3).data.key);
    expect(await repair(store)).toMatchObject({ restored: [], error: { code: "SLOT_MISSING" } });
    expect(store.keys()).not.toContain(slotKey(account, 3));
  });
});

describe("a slot that cannot be restored is refused with the key to restore from a copy,", () => {
  test("where its batch-data.json is missing, and slots restored before stay", async () => {
    const store = await storeWithout(0, 2, 3, 4);
    store.lose(batchAt(2).data.key);
    const { restored, error } = await repair(store);
    expect(restored).toEqual([4, 3]);
    expect(error).toMatchObject({ code: "SLOT_MISSING", message: expect.stringContaining(batchAt(2).data.key) });
    expect(error).toMatchObject({ message: expect.stringContaining(slotKey(account, 2)) });
    expect(store.keys()).toContain(slotKey(account, 3));
    expect(store.keys()).not.toContain(slotKey(account, 0));

    await store.create(batchAt(2).data.key, batchAt(2).data.bytes);
    expect(await repair(store)).toEqual({ restored: [2, 0] });
    await expectWhole(store);
  });

  const { data } = batchAt(3);
  test.each<[string, () => Uint8Array]>([
    ["cut off", () => data.bytes.slice(0, -1)],
    ["empty", () => new Uint8Array()],
    ["a value is another", () => edited(data.bytes, '"owner":"owner 7"', '"owner":"owner 8"')],
    [
      "an operation of a row is another",
      () => edited(data.bytes, '"operation_type":"INSERT"', '"operation_type":"DELETE"'),
    ],
    [
      "its header is another, and the rest is unchanged",
      () => edited(data.bytes, '"agent":"test/0"', '"agent":"test/1"'),
    ],
    ["all of it belongs to another header", () => sealBatch(batchAt(2).header, { agent: "test/1" }).data.bytes],
    ["it has another seq", () => sealBatch(batchAt(1).header, { firstNumber: 7 }).data.bytes],
    ["it belongs to another chain", () => sealBatch(undefined, { chain: other, firstNumber: 7 }).data.bytes],
    ["it is that of another batch", () => batchAt(2).data.bytes],
  ])("where its batch-data.json was changed: %s", async (_, changedBytes) => {
    const store = await storeWithout(3);
    await replace(store, batchAt(3).data.key, changedBytes());
    const { restored, error } = await repair(store);
    expect(restored).toEqual([]);
    expect(error).toMatchObject({ code: "LEDGER_DAMAGED", message: expect.stringContaining(batchAt(3).data.key) });
    expect(error).toMatchObject({ message: expect.stringContaining(slotKey(account, 3)) });
    expect(store.keys()).not.toContain(slotKey(account, 3));
  });

  test.each<[string, SampleBatch]>([
    ["an earlier seq", batchAt(2)],
    ["another organization", sealBatch({ ...batchAt(2).header, organization_id: "other" }, { organization: "other" })],
    ["another chain", sealBatch(batchAt(2).header, { chain: other })],
  ])("where the next header names a batch of %s", async (_, other) => {
    const store = await storeWithout(3, 4, 5);
    await replace(store, batchAt(3).data.key.replace(batchAt(3).id, other.id), other.data.bytes);
    await store.create(slotKey(account, 4), naming(other.id, headerDigest(other.header)));
    expect(await repair(store)).toMatchObject({ restored: [], error: { code: "LEDGER_DAMAGED" } });
  });

  test("where the next header names the folder of another batch", async () => {
    const store = await storeWithout(3, 4, 5);
    const orphan = sealBatch(batchAt(2).header);
    await store.create(orphan.data.key, batchAt(3).data.bytes);
    await store.create(slotKey(account, 4), naming(orphan.id, headerDigest(batchAt(3).header)));
    expect(await repair(store)).toMatchObject({ restored: [], error: { code: "LEDGER_DAMAGED" } });
  });

  /** Returns slot 4 with another `previous`. */
  function naming(id: string, digest: string): Uint8Array {
    const named = edited(batchAt(4).slot.bytes, batchAt(3).id, id);
    return edited(named, headerDigest(batchAt(3).header), digest);
  }
});

describe("a slot that exists is never overwritten,", () => {
  test.each<[string, number, () => Uint8Array]>([
    ["damaged", 3, () => batchAt(3).slot.bytes.slice(1)],
    ["empty", 0, () => new Uint8Array()],
    ["that of another batch", 3, () => batchAt(2).slot.bytes],
    [
      "one that names the slot before it, but that the next slot does not name",
      3,
      () => sealBatch(batchAt(2).header).slot.bytes,
    ],
    ["the newest, damaged", 5, () => batchAt(5).slot.bytes.slice(1)],
    ["the newest, with another seq", 5, () => batchAt(4).slot.bytes],
  ])("and is reported where it is %s", async (_, seq, wrongBytes) => {
    const store = await storeWithout();
    const bytes = wrongBytes();
    await replace(store, slotKey(account, seq), bytes);
    const { restored, error } = await repair(store);
    expect(restored).toEqual([]);
    expect(error).toMatchObject({ code: "LEDGER_DAMAGED", message: expect.stringContaining(slotKey(account, seq)) });
    expect(await store.get(slotKey(account, seq))).toEqual(bytes);
  });

  test("and is restored once it was moved away", async () => {
    const store = await storeWithout(1);
    await replace(store, slotKey(account, 3), batchAt(3).slot.bytes.slice(1));
    expect(await repair(store)).toMatchObject({ restored: [], error: { message: expect.stringContaining("move it") } });
    store.lose(slotKey(account, 3));
    expect(await repair(store)).toEqual({ restored: [3, 1] });
    await expectWhole(store);
  });

  test("also where a writer fills it during the repair", async () => {
    const store = await storeWithout(3);
    const other = sealBatch(batchAt(2).header).slot.bytes;
    const raced: MemoryStore = {
      ...store,
      async create(key, bytes) {
        await store.create(slotKey(account, 3), other);
        return store.create(key, bytes);
      },
    };
    expect(await repair(raced)).toMatchObject({ restored: [], error: { code: "KEY_CONFLICT" } });
    expect(await store.get(slotKey(account, 3))).toEqual(other);
  });
});

test("after an unclear answer, another repair restores the rest", async () => {
  const store = await storeWithout(1, 3);
  for (const isApplied of [true, false]) {
    const unclear: MemoryStore = {
      ...store,
      async create(key, bytes) {
        if (isApplied) await store.create(key, bytes);
        throw Object.assign(new Error("no answer"), { code: "OUTCOME_UNKNOWN" });
      },
    };
    expect(await repair(unclear)).toMatchObject({ restored: [], error: { code: "OUTCOME_UNKNOWN" } });
  }
  expect(await repair(store)).toEqual({ restored: [1] });
  await expectWhole(store);
});
