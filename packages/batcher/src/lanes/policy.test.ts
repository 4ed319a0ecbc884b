import { describe, expect, test } from "vitest";
import { closesBefore, DEFAULT_POLICY, dueAt, faultsOfPolicy, isFull } from "./policy.ts";
import type { OpenBatch } from "./policy.ts";

const policy = { batchSize: 10, maxBatchBytes: 1000, batchTimeoutMs: 60, minBatchSize: 3, forceBatchAfterMs: 300 };
const open = (count: number, bytes: number, [oldestAt, newestAt] = [0, 0]): OpenBatch => ({
  count,
  bytes,
  oldestAt,
  newestAt,
});

describe("an open batch", () => {
  test.each([
    ["one short of the size", open(9, 9), false],
    ["the size", open(10, 10), true],
    ["one byte short", open(1, 999), false],
    ["the bytes", open(4, 1000), true],
    ["one change larger than a batch", open(1, 5000), true],
  ])("is full or not: %s", (_, batch, expected) => {
    expect(isFull(batch, policy)).toBe(expected);
  });

  test.each([
    ["nothing in it: a large change makes a batch by itself", open(0, 0), 5000, false],
    ["what fits to the byte", open(1, 400), 600, false],
    ["a byte more", open(1, 400), 601, true],
  ])("closes before a change or not: %s", (_, batch, bytes, expected) => {
    expect(closesBefore(batch, bytes, policy)).toBe(expected);
  });

  test("is due by quiet time from the newest change, once there are enough", () => {
    expect(dueAt(open(3, 3, [100, 102]), policy)).toBe(102 + 60);
  });

  test("below the minimum, is due by age alone", () => {
    expect(dueAt(open(2, 2, [100, 101]), policy)).toBe(100 + 300);
  });

  test("age beats quiet time", () => {
    expect(dueAt(open(3, 3, [0, 290]), policy)).toBe(300);
  });
});

describe("faultsOfPolicy", () => {
  test("finds none in the defaults", () => {
    expect(faultsOfPolicy(DEFAULT_POLICY)).toEqual([]);
    expect(DEFAULT_POLICY).toEqual({
      batchSize: 1000,
      maxBatchBytes: 8_388_608,
      batchTimeoutMs: 60_000,
      minBatchSize: 1,
      forceBatchAfterMs: 300_000,
    });
  });

  test.each([
    ["batchSize", 0],
    ["batchSize", 100_001],
    ["batchSize", 1.5],
    ["batchSize", Number.NaN],
    ["minBatchSize", 0],
    ["minBatchSize", 11],
    ["maxBatchBytes", 0],
    ["batchTimeoutMs", -1],
    ["forceBatchAfterMs", Number.POSITIVE_INFINITY],
  ])("names %s %d", (name, value) => {
    expect(faultsOfPolicy({ ...policy, [name]: value })).toContainEqual(expect.stringContaining(`${name}: expected`));
  });

  test("names every fault at once", () => {
    expect(faultsOfPolicy({ ...policy, batchSize: 2, batchTimeoutMs: -1 })).toHaveLength(2);
  });
});
