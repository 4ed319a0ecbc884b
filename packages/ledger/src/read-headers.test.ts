import { expect, test } from "vitest";
import { slotKey } from "./object-keys.ts";
import type { ObjectStore } from "./object-store.ts";
import { createMemoryStore } from "./testing/memory-store.ts";
import { sampleBatches, sampleChain } from "./testing/sample-batches.ts";
import { readHeaders } from "./read-headers.ts";

const account = sampleChain("account");
const batches = sampleBatches(4);

/** Returns the seqs that are read from a chain with these slots, and the error at the end. */
async function read(slots: ReadonlyMap<number, Uint8Array>): Promise<[number[], unknown]> {
  const store = createMemoryStore();
  for (const [seq, bytes] of slots) await store.create(slotKey(account, seq), bytes);
  return readFrom(store);
}

async function readFrom(store: ObjectStore): Promise<[number[], unknown]> {
  const seqs: number[] = [];
  try {
    for await (const { seq } of readHeaders(store, account)) seqs.push(seq);
  } catch (error) {
    return [seqs, error];
  }
  return [seqs, undefined];
}

function slotsBut(seq: number, bytes?: Uint8Array): Map<number, Uint8Array> {
  const slots = new Map(batches.map(({ header, slot }) => [header.seq, slot.bytes]));
  if (bytes === undefined) slots.delete(seq);
  else slots.set(seq, bytes);
  return slots;
}

test("reads every header, oldest first, and none of a chain without slots", async () => {
  expect(await read(slotsBut(4))).toEqual([[0, 1, 2, 3], undefined]);
  expect(await read(new Map())).toEqual([[], undefined]);
});

test.each([0, 1, 2])("missing slot %i is not taken for the end of the chain", async (seq) => {
  const before = Array.from({ length: seq }, (_, each) => each);
  expect(await read(slotsBut(seq))).toEqual([before, expect.objectContaining({ code: "SLOT_MISSING" })]);
});

test.each([
  ["no header", new TextEncoder().encode("{")],
  ["the header of another seq", batches[1]?.slot.bytes],
  ["the header of another chain", sampleBatches(3, sampleChain("other"))[2]?.slot.bytes],
])("a slot that holds %s is refused", async (_, bytes) => {
  expect(await read(slotsBut(2, bytes))).toEqual([[0, 1], expect.objectContaining({ code: "LEDGER_DAMAGED" })]);
});

test("a header that names another one before it is reported as tampered", async () => {
  const forked = sampleBatches(3, account, 1)[2]?.slot.bytes;
  expect(await read(slotsBut(2, forked))).toEqual([[0, 1], expect.objectContaining({ verdict: "tampered" })]);
});

test("slots that are taken during the search for the end are not taken for a hole", async () => {
  const store = createMemoryStore();
  let toTake = batches.slice(0, 2);
  const racing: ObjectStore = {
    ...store,
    async *list(prefix, after) {
      const taken = toTake;
      toTake = [];
      for (const { slot } of taken) await store.create(slot.key, slot.bytes);
      yield* store.list(prefix, after);
    },
  };
  expect(await readFrom(racing)).toEqual([[0, 1], undefined]);
});
