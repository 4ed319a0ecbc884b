import type { Header } from "@etrap/proof";
import { expect, test } from "vitest";
import type { ObjectStore } from "../ports.ts";
import { seal } from "../sealing/seal.ts";
import { createSlots } from "./slots.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

const account = { database: "erp", schema: "public", table: "account" };

/** Takes the next `count` slots of a chain, and gives the newest header. */
async function takeSlots(store: MemoryStore, count: number, previous?: Header): Promise<Header | undefined> {
  let newest = previous;
  for (let taken = 0; taken < count; taken += 1) {
    const id = `${(newest?.seq ?? -1) + 2}-0`;
    const run = { chain: account, stream: "s", deliveries: [sampleArrival(sampleDelivery(sampleChange(taken), id))] };
    const { header, slot } = seal(run, newest, sampleWriter, {
      sealedAt: 1,
      randomBytes: (length) => new Uint8Array(length),
    });
    await store.create(slot.key, slot.bytes);
    newest = header;
  }
  return newest;
}

test("finds the newest of any number, from nothing and from any that is known", async () => {
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

test("slots that another writer takes during the search are no hole", async () => {
  const store = createMemoryStore();
  const newest = await takeSlots(store, 3);
  let isRacing = true;
  const racing: ObjectStore = {
    ...store,
    async *list(prefix, after) {
      // Between the search, which found slot 3 empty, and the look behind it.
      if (isRacing) await takeSlots(store, 2, newest);
      isRacing = false;
      yield* store.list(prefix, after);
    },
  };
  expect((await createSlots(racing, account).findNewest())?.seq).toBe(4);
});
