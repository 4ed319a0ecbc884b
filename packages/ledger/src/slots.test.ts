import type { Header } from "@etrap/proof";
import { expect, test } from "vitest";
import type { ObjectStore } from "./object-store.ts";
import { createSlots } from "./slots.ts";
import { createMemoryStore } from "./testing/memory-store.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { sampleBatch } from "./testing/sample-batches.ts";

const account = { database: "erp", schema: "public", table: "account" };

/** Takes the next `count` slots of a chain, and returns the newest header. */
async function takeSlots(store: MemoryStore, count: number, previous?: Header): Promise<Header | undefined> {
  let newest = previous;
  for (let taken = 0; taken < count; taken += 1) {
    const { header, slot } = sampleBatch({ chain: account, previous: newest });
    await store.create(slot.key, slot.bytes);
    newest = header;
  }
  return newest;
}

test("findNewest finds the newest of any number of slots, from any known header or none", async () => {
  const store = createMemoryStore();
  const slots = createSlots(store, account);
  expect(await slots.findNewest()).toBeUndefined();
  let newest: Header | undefined;
  const headers: Header[] = [];
  for (let seq = 0; seq < 20; seq += 1) {
    newest = await takeSlots(store, 1, newest);
    if (newest !== undefined) headers.push(newest);
    expect((await slots.findNewest())?.seq).toBe(seq);
    for (const known of headers) expect((await slots.findNewest(known))?.seq).toBe(seq);
  }
});

test("findNewest does not take slots that another writer takes meanwhile for a hole", async () => {
  const store = createMemoryStore();
  const newest = await takeSlots(store, 3);
  let isRacing = true;
  const racing: ObjectStore = {
    ...store,
    async *list(prefix, after) {
      // After the search found slot 3 empty, and before the slots behind it are listed.
      if (isRacing) await takeSlots(store, 2, newest);
      isRacing = false;
      yield* store.list(prefix, after);
    },
  };
  expect((await createSlots(racing, account).findNewest())?.seq).toBe(4);
});
