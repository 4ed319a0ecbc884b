import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_ANCHOR_POLICY, faultsOfAnchorPolicy, isParkedAfter, restAfter } from "./anchor-policy.ts";

const policy = DEFAULT_ANCHOR_POLICY;
const MINUTE_MS = 60_000;

describe("how long a chain rests", () => {
  test("doubles with each failure, longer once it is parked, and up to an hour", () => {
    const rests = [1, 2, 3, 4, 5, 6, 7, 8, 100, 2_000].map((attempts) => restAfter(attempts, "NOT_NEXT", 0, policy));
    const minutes = [5, 10, 20, 40, 60, 60, 60, 60].map((count) => count * MINUTE_MS);
    expect(rests).toEqual([1_000, 2_000, ...minutes]);
    expect([1, 2, 3, 4].map((attempts) => isParkedAfter(attempts, policy))).toEqual([false, false, true, true]);
  });

  test("stays at five minutes while nobody answers", () => {
    const rests = [2, 3, 4, 50].map((attempts) => restAfter(attempts, "UNAVAILABLE", 0, policy));
    expect(rests).toEqual([2_000, 5 * MINUTE_MS, 5 * MINUTE_MS, 5 * MINUTE_MS]);
  });

  test("is spread by at most a fifth, and never nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        const [rest, longest] = [random, 0].map((each) => restAfter(attempts, "NOT_NEXT", each, policy));
        expect(rest).toBeLessThanOrEqual(longest ?? 0);
        expect(rest).toBeGreaterThanOrEqual((longest ?? 0) * 0.8);
      }),
    );
    expect(restAfter(1, "NOT_NEXT", 1, policy)).toBe(800);
  });
});

test("a policy out of range has every fault named", () => {
  expect(faultsOfAnchorPolicy(policy)).toEqual([]);
  const wrong = { ...policy, maxPerCall: 0, maxMintRetries: 0.5, firstRetryMs: 0, longestParkedMs: 1, maxInMemory: -1 };
  const names = ["maxPerCall", "maxMintRetries", "firstRetryMs", "longestParkedMs", "maxInMemory"];
  expect(faultsOfAnchorPolicy(wrong).map((fault) => fault.split(":")[0])).toEqual(names);
});
