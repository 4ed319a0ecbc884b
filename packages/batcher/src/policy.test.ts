import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPolicy, countFilling, DEFAULT_POLICY, dueAt } from "./policy.ts";

const policy = { batchSize: 10, maxBatchBytes: 1000, batchTimeoutMs: 60, minBatchSize: 3, forceBatchAfterMs: 300 };
const waiting = (count: number, bytes = 1, at = 0): { bytes: number; at: number }[] =>
  Array.from({ length: count }, (_, index) => ({ bytes, at: at + index }));

describe("countFilling", () => {
  test.each([
    ["nothing", [], 0],
    ["one short of the size", waiting(9), 0],
    ["the size", waiting(10), 10],
    ["more than the size", waiting(25), 10],
    ["one byte short", waiting(1, 999), 0],
    ["the bytes", waiting(4, 250), 4],
    ["the bytes and more", waiting(4, 300), 3],
    ["one change larger than a batch", waiting(1, 5000), 1],
    ["a large change behind a small one", [...waiting(1), ...waiting(1, 5000)], 1],
  ])("%s", (_, changes, count) => {
    expect(countFilling(changes, policy)).toBe(count);
  });

  test("never more changes than the size, nor more bytes than allowed unless one change alone has them", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2000), { maxLength: 40 }), (sizes) => {
        const changes = sizes.map((bytes) => ({ bytes, at: 0 }));
        const taken = changes.slice(0, countFilling(changes, policy));
        expect(taken.length).toBeLessThanOrEqual(policy.batchSize);
        if (taken.length > 1)
          expect(taken.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(policy.maxBatchBytes);
      }),
    );
  });
});

describe("dueAt", () => {
  test("quiet time counts from the newest change, once there are enough", () => {
    expect(dueAt(waiting(3, 1, 100), policy)).toBe(102 + 60);
  });

  test("below the minimum, only age closes a batch", () => {
    expect(dueAt(waiting(2, 1, 100), policy)).toBe(100 + 300);
  });

  test("age beats quiet time", () => {
    const busy = [
      { bytes: 1, at: 0 },
      { bytes: 1, at: 200 },
      { bytes: 1, at: 290 },
    ];
    expect(dueAt(busy, policy)).toBe(300);
  });
});

describe("checkPolicy", () => {
  test("takes the defaults", () => {
    expect(checkPolicy(DEFAULT_POLICY)).toEqual({
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
  ])("refuses %s %d", (name, value) => {
    expect(() => checkPolicy({ ...policy, [name]: value })).toThrow(
      expect.objectContaining({ code: "BAD_OPTIONS", message: expect.stringContaining(name) }),
    );
  });

  test("names every fault at once", () => {
    expect(() => checkPolicy({ ...policy, batchSize: 0, batchTimeoutMs: -1 })).toThrow(/batchSize.*batchTimeoutMs/);
  });
});
