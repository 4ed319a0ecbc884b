import fc from "fast-check";
import { expect, test } from "vitest";
import { createOpenBatches } from "./open-batches.ts";
import type { Held, OpenBatches } from "./open-batches.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";

const policy = { batchSize: 1000, maxBatchBytes: 8 << 20, batchTimeoutMs: 60, minBatchSize: 1, forceBatchAfterMs: 300 };
const account = { database: "erp", schema: "public", table: "account" };

function held(number: number, at = 0, members: { stream?: string; size?: number } = {}): Held {
  const { stream = "etrap.public.account", size } = members;
  const arrival = sampleArrival(sampleDelivery(sampleChange(number), `${number + 1}-0`, stream));
  return { ...arrival, at, number, size: size ?? arrival.size };
}

function takeAll(open: OpenBatches, now: number): number[] {
  const sizes: number[] = [];
  for (let batch = open.take(now); batch !== undefined; batch = open.take(now)) sizes.push(batch.deliveries.length);
  return sizes;
}

test("2,500 changes of one table make batches of 1000, 1000 and 500", () => {
  const open = createOpenBatches(account, policy);
  for (let number = 0; number < 2500; number += 1) open.add(held(number));
  expect(takeAll(open, 0)).toEqual([1000, 1000]);
  expect(takeAll(open, 59)).toEqual([]);
  expect(takeAll(open, 60)).toEqual([500]);
  expect(takeAll(open, 1000)).toEqual([]);
});

test("changes of one table from two streams make two batches, each in the order of its stream", () => {
  const open = createOpenBatches(account, policy);
  open.add(held(1, 0, { stream: "a" }));
  open.add(held(0, 0, { stream: "b" }));
  open.add(held(2, 0, { stream: "a" }));
  const batches = [open.take(60), open.take(60)];
  expect(batches.map((batch) => [batch?.stream, batch?.deliveries.map(({ position }) => position.id)])).toEqual([
    ["a", ["2-0", "3-0"]],
    ["b", ["1-0"]],
  ]);
});

test("the halves of a batch are taken before later batches, in their order", () => {
  const open = createOpenBatches(account, { ...policy, batchSize: 3 });
  for (let number = 0; number < 6; number += 1) open.add(held(number, 0));
  const batch = open.take(0) ?? expect.fail();
  open.putBackHalves(batch);
  const idsOf = (): string[] | undefined => open.take(0)?.deliveries.map(({ position }) => position.id);
  expect([idsOf(), idsOf(), idsOf(), idsOf()]).toEqual([["1-0", "2-0"], ["3-0"], ["4-0", "5-0", "6-0"], undefined]);
});

test("readyAt is the past when a batch is full, and otherwise the time when one is due", () => {
  const open = createOpenBatches(account, { ...policy, batchSize: 2 });
  expect(open.readyAt).toBe(Number.POSITIVE_INFINITY);
  open.add(held(0, 10));
  expect(open.readyAt).toBe(70);
  open.add(held(1, 10));
  expect(open.readyAt).toBe(Number.NEGATIVE_INFINITY);
});

test("with forceBatchAfterMs 0, every change is due at once", () => {
  const open = createOpenBatches(account, { ...policy, minBatchSize: 1000, forceBatchAfterMs: 0 });
  open.add(held(0, 10));
  expect(takeAll(open, 10)).toEqual([1]);
});

test("closeUpTo closes batches with an arrival up to the number, and no later ones", () => {
  const open = createOpenBatches(account, policy);
  open.add(held(0, 0, { stream: "a" }));
  open.closeUpTo(0);
  open.add(held(1, 0, { stream: "b" }));
  expect(open.take(0)?.stream).toBe("a");
  expect(open.take(0)).toBeUndefined();
});

test("takeAll returns everything, in the order of each stream", () => {
  const open = createOpenBatches(account, { ...policy, batchSize: 2 });
  for (const number of [0, 1, 2]) open.add(held(number));
  expect(open.takeAll().map(({ number }) => number)).toEqual([0, 1, 2]);
  expect(takeAll(open, 1000)).toEqual([]);
});

test("batches exceed no limit, except with a single change, and keep every change in its order", () => {
  const small = { ...policy, batchSize: 10, maxBatchBytes: 1000 };
  fc.assert(
    fc.property(fc.array(fc.nat(2000), { maxLength: 40 }), (sizes) => {
      const open = createOpenBatches(account, small);
      for (const [number, size] of sizes.entries()) open.add(held(number, 0, { size }));
      const numbers: number[] = [];
      for (let batch = open.take(60); batch !== undefined; batch = open.take(60)) {
        const { deliveries } = batch;
        expect(deliveries.length).toBeLessThanOrEqual(small.batchSize);
        if (deliveries.length > 1)
          expect(deliveries.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(small.maxBatchBytes);
        numbers.push(...deliveries.map(({ number }) => number));
      }
      expect(numbers).toEqual([...sizes.keys()]);
    }),
  );
});
