import { expect, test } from "vitest";
import { arrivalOf } from "./arrival-of.ts";
import type { Arrival } from "./arrival.ts";
import { createPool } from "./pool.ts";
import { sampleChange, sampleDelivery } from "./testing/sample-delivery.ts";

const policy = { batchSize: 1000, maxBatchBytes: 8 << 20, batchTimeoutMs: 60, minBatchSize: 1, forceBatchAfterMs: 300 };

function arrival(number: number, table = "account", stream = `etrap.public.${table}`): Arrival {
  const taken = arrivalOf(sampleDelivery(sampleChange(number, { table }), `${number + 1}-0`, stream), "erp");
  if (taken === undefined) throw new Error("a change is an arrival");
  return taken;
}

test("2,500 changes of one table give 1000, 1000, 500", () => {
  const pool = createPool(policy);
  for (let number = 0; number < 2500; number += 1) pool.add(arrival(number), 0);
  expect(pool.takeDue(0).map(({ deliveries }) => deliveries.length)).toEqual([1000, 1000]);
  expect(pool.takeDue(59)).toEqual([]);
  expect(pool.takeDue(60).map(({ deliveries }) => deliveries.length)).toEqual([500]);
  expect(pool.takeDue(1000)).toEqual([]);
});

test("each table closes by itself", () => {
  const pool = createPool(policy);
  pool.add(arrival(0, "account"), 0);
  pool.add(arrival(0, "other"), 30);
  expect(pool.takeDue(60).map(({ chain }) => chain.table)).toEqual(["account"]);
  expect(pool.takeDue(90).map(({ chain }) => chain.table)).toEqual(["other"]);
});

test("one table from two streams makes two runs, each in its stream's order", () => {
  const pool = createPool(policy);
  pool.add(arrival(1, "account", "a"), 0);
  pool.add(arrival(0, "account", "b"), 0);
  pool.add(arrival(2, "account", "a"), 0);
  expect(
    pool.takeAll().map(({ stream, deliveries }) => [stream, deliveries.map(({ position }) => position.id)]),
  ).toEqual([
    ["a", ["2-0", "3-0"]],
    ["b", ["1-0"]],
  ]);
});

test("two schemas with one table name, and names with any separator, are kept apart", () => {
  const pool = createPool(policy);
  const names = [
    ["a", "b\u0000c"],
    ["a\u0000b", "c"],
    ["a.b", "c"],
    ["a", "b.c"],
    ["__proto__", "c"],
  ] as const;
  for (const [schema, table] of names) {
    const taken = arrivalOf(sampleDelivery(sampleChange(0, { schema, table }), "1-0", "s"), "erp");
    if (taken !== undefined) pool.add(taken, 0);
  }
  expect(pool.takeAll()).toHaveLength(names.length);
});

test("says how long until something is due", () => {
  const pool = createPool(policy);
  expect(pool.msUntilDue(0, 1000)).toBe(1000);
  pool.add(arrival(0), 10);
  expect(pool.msUntilDue(20, 1000)).toBe(50);
  expect(pool.msUntilDue(500, 1000)).toBe(0);
});

test("throws everything away and says how much", () => {
  const pool = createPool(policy);
  pool.add(arrival(0), 0);
  pool.add(arrival(0, "other"), 0);
  expect(pool.clear()).toBe(2);
  expect(pool.takeAll()).toEqual([]);
});
