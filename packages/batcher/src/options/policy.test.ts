import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY, policyProblems } from "./policy.ts";
import type { Policy } from "./policy.ts";

const policy: Policy = {
  batchSize: 10,
  maxBatchBytes: 1000,
  batchTimeoutMs: 60,
  minBatchSize: 3,
  forceBatchAfterMs: 300,
};

describe("policyProblems", () => {
  test("returns none for the defaults", () => {
    expect(policyProblems(DEFAULT_POLICY)).toEqual([]);
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
  ])("names %s when it is %d", (name, value) => {
    expect(policyProblems({ ...policy, [name]: value })).toContainEqual(
      expect.objectContaining({ member: `policy.${name}` }),
    );
  });

  test("names every problem at once", () => {
    expect(policyProblems({ ...policy, batchSize: 2, batchTimeoutMs: -1 })).toHaveLength(2);
  });
});
