import { expect, test } from "vitest";
import { boundStore } from "./bounded-store.ts";
import { createChains } from "./chains.ts";
import type { ObjectStore } from "../ports.ts";
import { createMemoryStore } from "../testing/memory-store.ts";

const name = (number: number): { database: string; schema: string; table: string } => ({
  database: "erp",
  schema: "public",
  table: `t${number}`,
});

/** A store whose answers wait until the gate opens. */
function createGatedStore(): {
  chains: ReturnType<typeof createChains>;
  begun: () => number;
  open: () => void;
  cut: () => void;
} {
  const memory = createMemoryStore();
  const gate = Promise.withResolvers<void>();
  const cut = new AbortController();
  let begun = 0;
  const store: ObjectStore = {
    ...memory,
    async *list(prefix, options) {
      begun += 1;
      await gate.promise;
      yield* memory.list(prefix, options);
    },
  };
  return {
    chains: createChains(boundStore(store, cut.signal)),
    begun: () => begun,
    open: gate.resolve,
    cut: () => cut.abort(),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("eight are read at once, the others when it is their turn; one that is asked twice is read once", async () => {
  const { chains, begun, open } = createGatedStore();
  const reading = Array.from({ length: 20 }, (_, number) => chains.readAgain(name(number)));
  const again = chains.readAgain(name(0));
  await settled();
  expect(begun()).toBe(8);
  open();
  const read = await Promise.all(reading);
  expect(read.map((chain) => chain.name.table)).toEqual(Array.from({ length: 20 }, (_, number) => `t${number}`));
  expect(await again).toBe(read[0]);
});

test("once all is cut, those that wait for their turn are not read any more", async () => {
  const { chains, begun, open, cut } = createGatedStore();
  const reading = Array.from({ length: 9 }, (_, number) => chains.readAgain(name(number)));
  const outcomes = Promise.allSettled(reading);
  await settled();
  cut();
  open();
  const cutShort = { status: "rejected", reason: expect.objectContaining({ code: "CUT_SHORT" }) };
  expect(await outcomes).toEqual(reading.map(() => cutShort));
  expect(begun()).toBe(8);
});
