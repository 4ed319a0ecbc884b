import { describe, expect, test } from "vitest";
import type { OpenBatch } from "./batch-closing.ts";
import { isFull, closesBefore, dueAt } from "./batch-closing.ts";

const policy = { batchSize: 10, maxBatchBytes: 1000, batchTimeoutMs: 60, minBatchSize: 3, forceBatchAfterMs: 300 };
const open = (count: number, bytes: number, [oldestAt, newestAt] = [0, 0]): OpenBatch => ({
  count,
  bytes,
  oldestAt,
  newestAt,
});

describe("an open batch", () => {
  test.each([
    ["one change fewer than the size", open(9, 9), false],
    ["as many changes as the size", open(10, 10), true],
    ["one byte fewer than the limit", open(1, 999), false],
    ["as many bytes as the limit", open(4, 1000), true],
    ["one change larger than a batch", open(1, 5000), true],
  ])("is full only at its limits: %s", (_, batch, expected) => {
    expect(isFull(batch, policy)).toBe(expected);
  });

  test.each([
    ["an empty batch takes a change of any size", open(0, 0), 5000, false],
    ["a change that fits exactly", open(1, 400), 600, false],
    ["a change of one byte more", open(1, 400), 601, true],
  ])("closes before a change only where it would exceed its bytes: %s", (_, batch, bytes, expected) => {
    expect(closesBefore(batch, bytes, policy)).toBe(expected);
  });

  test("is due after the quiet time from its newest change, once it has enough changes", () => {
    expect(dueAt(open(3, 3, [100, 102]), policy)).toBe(102 + 60);
  });

  test("is due by age alone below the minimum size", () => {
    expect(dueAt(open(2, 2, [100, 101]), policy)).toBe(100 + 300);
  });

  test("is due by age where that comes before the quiet time", () => {
    expect(dueAt(open(3, 3, [0, 290]), policy)).toBe(300);
  });
});
