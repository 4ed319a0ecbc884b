import { expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import { withDeadline } from "./with-deadline.ts";
import { createChains } from "./chains.ts";
const name = (number: number): { database: string; schema: string; table: string } => ({
  database: "erp",
  schema: "public",
  table: `t${number}`,
});

/** Creates the chains of a store whose answers wait until `open` is called. */
function createGatedStore(): {
  chains: ReturnType<typeof createChains>;
  begun: () => number;
  open: () => void;
  reachDeadline: () => void;
} {
  const memory = createMemoryStore();
  const gate = Promise.withResolvers<void>();
  const deadline = new AbortController();
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
    chains: createChains(withDeadline(store, deadline.signal)),
    begun: () => begun,
    open: gate.resolve,
    reachDeadline: () => deadline.abort(),
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("eight chains are read at once and the others in turn, and a chain that is asked for twice is read once", async () => {
  const { chains, begun, open } = createGatedStore();
  const reading = Array.from({ length: 20 }, (_, number) => chains.readAgain(name(number)));
  const again = chains.readAgain(name(0));
  await settle();
  expect(begun()).toBe(8);
  open();
  const read = await Promise.all(reading);
  expect(read.map((chain) => chain.name.table)).toEqual(Array.from({ length: 20 }, (_, number) => `t${number}`));
  expect(await again).toBe(read[0]);
});

test("after the deadline, chains that wait for their turn are not read", async () => {
  const { chains, begun, open, reachDeadline } = createGatedStore();
  const reading = Array.from({ length: 9 }, (_, number) => chains.readAgain(name(number)));
  const outcomes = Promise.allSettled(reading);
  await settle();
  reachDeadline();
  open();
  const runEnded = { status: "rejected", reason: expect.objectContaining({ code: "RUN_ENDED" }) };
  expect(await outcomes).toEqual(reading.map(() => runEnded));
  expect(begun()).toBe(8);
});
