import { headerDigest, slotKey } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { repairChain } from "./repair-chain.ts";
import type { RepairOptions } from "./repair-chain.ts";
import { seal } from "../sealing/seal.ts";
import type { SealedBatch, Writer } from "../sealing/seal.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

const STREAM = "etrap.public.account";
const account = { database: "erp", schema: "public", table: "account" };
const SLOTS = 6;

/** A batch of two changes. */
function sealBatch(
  seq: number,
  previous: Header | undefined,
  writer: Partial<Writer> = {},
  chain = account,
): SealedBatch {
  const deliveries = [2 * seq + 1, 2 * seq + 2].map((number) => {
    const change = sampleChange(number, { table: chain.table });
    return sampleArrival(sampleDelivery(change, `${number}-0`, STREAM));
  });
  return seal(
    { chain, stream: STREAM, deliveries },
    previous,
    { ...sampleWriter, ...writer },
    {
      sealedAt: 1_749_855_196_423 + seq,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    },
  );
}

function sealChain(): SealedBatch[] {
  const batches: SealedBatch[] = [];
  for (let seq = 0; seq < SLOTS; seq += 1) batches.push(sealBatch(seq, batches.at(-1)?.header));
  return batches;
}

/** Sealed once: nothing changes them. */
const BATCHES = sealChain();

/** The batch with this number. */
function batchAt(seq: number): SealedBatch {
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

/** Other bytes under a key, as a fault of the world outside would leave them. */
async function replace(store: MemoryStore, key: string, bytes: Uint8Array): Promise<void> {
  store.lose(key);
  await store.create(key, bytes);
}

/** The numbers that were restored, and what ended the repair. */
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

/** Bytes with another text in them, which must be there. */
function edited(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  expect(text).toContain(from);
  return new TextEncoder().encode(text.replaceAll(from, to));
}

describe("what the newest slot leads to is restored, byte for byte", () => {
  test("nothing, where nothing is missing", async () => {
    const store = await storeWithout();
    const before = store.keys();
    expect(await repair(store)).toEqual({ restored: [] });
    expect(store.keys()).toEqual(before);
  });

  test("any slots but the newest, downwards", async () => {
    const older = fc.subarray(Array.from({ length: SLOTS - 1 }, (_, seq) => seq));
    await fc.assert(
      fc.asyncProperty(older, async (lost) => {
        const store = await storeWithout(...lost);
        expect(await repair(store)).toEqual({ restored: lost.toReversed() });
        await expectWhole(store);
        expect(await repair(store)).toEqual({ restored: [] });
      }),
      // Each slot by itself, and all of them.
      { numRuns: 20, examples: [[[0]], [[1]], [[2]], [[3]], [[4]], [[0, 1, 2, 3, 4]]] },
    );
  });

  test("of a chain without slots: nothing", async () => {
    expect(await repair(createMemoryStore())).toEqual({ restored: [] });
  });

  test("a missing newest slot is not seen: no header names its batch", async () => {
    const store = await storeWithout(2, 5);
    expect(await repair(store)).toEqual({ restored: [2] });
    expect(store.keys()).not.toContain(slotKey(account, 5));
  });

  test("a foreign object beside the slots is no slot", async () => {
    const store = await storeWithout(2);
    await store.create(`${slotKey(account, 5)}~`, new TextEncoder().encode("{}"));
    await store.create(slotKey(account, 7).replace(".json", ".bak"), new TextEncoder().encode("{}"));
    expect(await repair(store)).toEqual({ restored: [2] });
  });

  test("only told, when that is asked for", async () => {
    const store = await storeWithout(1, 2, 4);
    const before = store.keys();
    expect(await repair(store, { dryRun: true })).toEqual({ restored: [4, 2, 1] });
    expect(store.keys()).toEqual(before);
  });
});

describe("an orphan of the same number is never chosen", () => {
  /** Stores a batch that could stand in the slot as well, but that the next header does not name. */
  async function storeOrphan(store: MemoryStore): Promise<SealedBatch> {
    const orphan = sealBatch(3, batchAt(2).header);
    expect(orphan.id).not.toBe(batchAt(3).id);
    await store.create(orphan.data.key, orphan.data.bytes);
    return orphan;
  }

  test("beside the batch that was lost", async () => {
    const store = await storeWithout(3);
    await storeOrphan(store);
    expect(await repair(store)).toEqual({ restored: [3] });
    await expectWhole(store);
  });

  test("in its place", async () => {
    const store = await storeWithout(3);
    const orphan = await storeOrphan(store);
    await replace(store, batchAt(3).data.key, orphan.data.bytes);
    expect(await repair(store)).toMatchObject({ restored: [], error: { code: "RECORD_DAMAGED" } });
    expect(store.keys()).not.toContain(slotKey(account, 3));
  });

  test("where the batch that was lost is gone", async () => {
    const store = await storeWithout(3);
    await storeOrphan(store);
    store.lose(batchAt(3).data.key);
    expect(await repair(store)).toMatchObject({ restored: [], error: { code: "SLOT_MISSING" } });
    expect(store.keys()).not.toContain(slotKey(account, 3));
  });
});

describe("what cannot be restored is refused, with the key to restore from a copy", () => {
  test("its batch-data.json is missing: what was restored before stays", async () => {
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
    ["a value in it is another", () => edited(data.bytes, '"owner":"owner 7"', '"owner":"owner 8"')],
    [
      "what it says of its rows is another",
      () => edited(data.bytes, '"operation_type":"INSERT"', '"operation_type":"DELETE"'),
    ],
    [
      "its header is another, and the rest is as it was",
      () => edited(data.bytes, '"agent":"test/0"', '"agent":"test/1"'),
    ],
    ["all of it is of another header", () => sealBatch(3, batchAt(2).header, { agent: "test/1" }).data.bytes],
    ["it has another number", () => sealBatch(3, batchAt(1).header).data.bytes],
    ["it is of another chain", () => sealBatch(3, undefined, {}, { ...account, table: "other" }).data.bytes],
    ["it is another batch's", () => batchAt(2).data.bytes],
  ])("its batch-data.json is not what it was: %s", async (_, spoilt) => {
    const store = await storeWithout(3);
    await replace(store, batchAt(3).data.key, spoilt());
    const { restored, error } = await repair(store);
    expect(restored).toEqual([]);
    expect(error).toMatchObject({ code: "RECORD_DAMAGED", message: expect.stringContaining(batchAt(3).data.key) });
    expect(error).toMatchObject({ message: expect.stringContaining(slotKey(account, 3)) });
    expect(store.keys()).not.toContain(slotKey(account, 3));
  });

  test.each<[string, SealedBatch]>([
    ["an earlier number", batchAt(2)],
    [
      "another organization",
      sealBatch(3, { ...batchAt(2).header, organization_id: "other" }, { organization: "other" }),
    ],
    ["another chain", sealBatch(3, batchAt(2).header, {}, { ...account, table: "other" })],
  ])("the next header names a batch of %s", async (_, other) => {
    const store = await storeWithout(3, 4, 5);
    await replace(store, batchAt(3).data.key.replace(batchAt(3).id, other.id), other.data.bytes);
    await store.create(slotKey(account, 4), naming(other.id, headerDigest(other.header)));
    expect(await repair(store)).toMatchObject({ restored: [], error: { code: "RECORD_DAMAGED" } });
  });

  test("the next header names the folder of another batch", async () => {
    const store = await storeWithout(3, 4, 5);
    const orphan = sealBatch(3, batchAt(2).header);
    await store.create(orphan.data.key, batchAt(3).data.bytes);
    await store.create(slotKey(account, 4), naming(orphan.id, headerDigest(batchAt(3).header)));
    expect(await repair(store)).toMatchObject({ restored: [], error: { code: "RECORD_DAMAGED" } });
  });

  /** Slot 4 with another `previous`. */
  function naming(id: string, digest: string): Uint8Array {
    const named = edited(batchAt(4).slot.bytes, batchAt(3).id, id);
    return edited(named, headerDigest(batchAt(3).header), digest);
  }
});

describe("a slot that stands is never overwritten, and one that is wrong is said", () => {
  test.each<[string, number, () => Uint8Array]>([
    ["damaged", 3, () => batchAt(3).slot.bytes.slice(1)],
    ["empty", 0, () => new Uint8Array()],
    ["another batch's", 3, () => batchAt(2).slot.bytes],
    [
      "one that fits on the slots before it, and that the next does not name",
      3,
      () => sealBatch(3, batchAt(2).header).slot.bytes,
    ],
    ["the newest, damaged", 5, () => batchAt(5).slot.bytes.slice(1)],
    ["the newest, of another number", 5, () => batchAt(4).slot.bytes],
  ])("%s", async (_, seq, wrong) => {
    const store = await storeWithout();
    const bytes = wrong();
    await replace(store, slotKey(account, seq), bytes);
    const { restored, error } = await repair(store);
    expect(restored).toEqual([]);
    expect(error).toMatchObject({ code: "RECORD_DAMAGED", message: expect.stringContaining(slotKey(account, seq)) });
    expect(await store.get(slotKey(account, seq))).toEqual(bytes);
  });

  test("once it was moved away, it is a missing one", async () => {
    const store = await storeWithout(1);
    await replace(store, slotKey(account, 3), batchAt(3).slot.bytes.slice(1));
    expect(await repair(store)).toMatchObject({ restored: [], error: { message: expect.stringContaining("move it") } });
    store.lose(slotKey(account, 3));
    expect(await repair(store)).toEqual({ restored: [3, 1] });
    await expectWhole(store);
  });

  test("a writer that fills the slot meanwhile has it", async () => {
    const store = await storeWithout(3);
    const other = sealBatch(3, batchAt(2).header).slot.bytes;
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

test("after an unclear answer, to repair again is all it takes", async () => {
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
