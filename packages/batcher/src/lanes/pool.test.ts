import fc from "fast-check";
import { expect, test } from "vitest";
import { createPool } from "./pool.ts";
import type { Held, Pool } from "./pool.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";

const policy = { batchSize: 1000, maxBatchBytes: 8 << 20, batchTimeoutMs: 60, minBatchSize: 1, forceBatchAfterMs: 300 };
const account = { database: "erp", schema: "public", table: "account" };

function held(number: number, at = 0, members: { stream?: string; size?: number } = {}): Held {
  const { stream = "etrap.public.account", size } = members;
  const arrival = sampleArrival(sampleDelivery(sampleChange(number), `${number + 1}-0`, stream));
  return { ...arrival, at, number, size: size ?? arrival.size };
}

function takeAll(pool: Pool, now: number): number[] {
  const sizes: number[] = [];
  for (let batch = pool.take(now); batch !== undefined; batch = pool.take(now)) sizes.push(batch.deliveries.length);
  return sizes;
}

test("2,500 changes of one table give 1000, 1000, 500", () => {
  const pool = createPool(account, policy);
  for (let number = 0; number < 2500; number += 1) pool.add(held(number));
  expect(takeAll(pool, 0)).toEqual([1000, 1000]);
  expect(takeAll(pool, 59)).toEqual([]);
  expect(takeAll(pool, 60)).toEqual([500]);
  expect(takeAll(pool, 1000)).toEqual([]);
});

test("one table from two streams makes two batches, each in its stream's order", () => {
  const pool = createPool(account, policy);
  pool.add(held(1, 0, { stream: "a" }));
  pool.add(held(0, 0, { stream: "b" }));
  pool.add(held(2, 0, { stream: "a" }));
  const batches = [pool.take(60), pool.take(60)];
  expect(batches.map((batch) => [batch?.stream, batch?.deliveries.map(({ position }) => position.id)])).toEqual([
    ["a", ["2-0", "3-0"]],
    ["b", ["1-0"]],
  ]);
});

test("two halves of a batch come before what closed after it, in its order", () => {
  const pool = createPool(account, { ...policy, batchSize: 3 });
  for (let number = 0; number < 6; number += 1) pool.add(held(number, 0));
  const batch = pool.take(0) ?? expect.fail();
  pool.putBackHalves(batch);
  const idsOf = (): string[] | undefined => pool.take(0)?.deliveries.map(({ position }) => position.id);
  expect([idsOf(), idsOf(), idsOf(), idsOf()]).toEqual([["1-0", "2-0"], ["3-0"], ["4-0", "5-0", "6-0"], undefined]);
});

test("says when a batch is ready: when it is full, and else when it is due", () => {
  const pool = createPool(account, { ...policy, batchSize: 2 });
  expect(pool.readyAt).toBe(Number.POSITIVE_INFINITY);
  pool.add(held(0, 10));
  expect(pool.readyAt).toBe(70);
  pool.add(held(1, 10));
  expect(pool.readyAt).toBe(Number.NEGATIVE_INFINITY);
});

test("with no time to wait, every change goes at once", () => {
  const pool = createPool(account, { ...policy, minBatchSize: 1000, forceBatchAfterMs: 0 });
  pool.add(held(0, 10));
  expect(takeAll(pool, 10)).toEqual([1]);
});

test("closes what was there at a number, not what came later", () => {
  const pool = createPool(account, policy);
  pool.add(held(0, 0, { stream: "a" }));
  pool.closeUpTo(0);
  pool.add(held(1, 0, { stream: "b" }));
  expect(pool.take(0)?.stream).toBe("a");
  expect(pool.take(0)).toBeUndefined();
});

test("gives everything back, each stream's in order", () => {
  const pool = createPool(account, { ...policy, batchSize: 2 });
  for (const number of [0, 1, 2]) pool.add(held(number));
  expect(pool.takeBack().map(({ number }) => number)).toEqual([0, 1, 2]);
  expect(takeAll(pool, 1000)).toEqual([]);
});

test("never more changes than the size, nor more bytes than allowed unless one change alone has them; none lost, none out of order", () => {
  const small = { ...policy, batchSize: 10, maxBatchBytes: 1000 };
  fc.assert(
    fc.property(fc.array(fc.nat(2000), { maxLength: 40 }), (sizes) => {
      const pool = createPool(account, small);
      for (const [number, size] of sizes.entries()) pool.add(held(number, 0, { size }));
      const numbers: number[] = [];
      for (let batch = pool.take(60); batch !== undefined; batch = pool.take(60)) {
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
