import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_ANCHOR_POLICY } from "../options/anchor-policy.ts";
import { isParkedAfter, retryDelay } from "./retry-delay.ts";

const policy = DEFAULT_ANCHOR_POLICY;
const MINUTE_MS = 60_000;

describe("the wait of a chain", () => {
  test("doubles with each failure, is longer once the chain is parked, and is an hour at most", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 100, 2_000].map((attempts) =>
      retryDelay({ attempts, code: "NOT_NEXT" }, 0, policy),
    );
    const minutes = [5, 10, 20, 40, 60, 60, 60, 60].map((count) => count * MINUTE_MS);
    expect(waits).toEqual([1_000, 2_000, ...minutes]);
    expect([1, 2, 3, 4].map((attempts) => isParkedAfter(attempts, policy))).toEqual([false, false, true, true]);
  });

  test("stays at five minutes while the anchor does not answer", () => {
    const waits = [2, 3, 4, 50].map((attempts) => retryDelay({ attempts, code: "UNAVAILABLE" }, 0, policy));
    expect(waits).toEqual([2_000, 5 * MINUTE_MS, 5 * MINUTE_MS, 5 * MINUTE_MS]);
  });

  test("is shortened by a fifth at most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        const [wait, longest] = [random, 0].map((each) => retryDelay({ attempts, code: "NOT_NEXT" }, each, policy));
        expect(wait).toBeLessThanOrEqual(longest ?? 0);
        expect(wait).toBeGreaterThanOrEqual((longest ?? 0) * 0.8);
      }),
    );
    expect(retryDelay({ attempts: 1, code: "NOT_NEXT" }, 1, policy)).toBe(800);
  });
});
