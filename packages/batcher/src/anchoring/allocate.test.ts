import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocate } from "./allocate.ts";

describe("the places in a call", () => {
  test("are shared among the chains in turn", () => {
    expect(allocate([30, 3, 1], 10)).toEqual([6, 3, 1]);
    expect(allocate([5, 5, 5], 2)).toEqual([1, 1, 0]);
    expect(allocate([0, 2], 10)).toEqual([0, 2]);
    expect(allocate([], 10)).toEqual([]);
  });

  test("are all used, and no chain that waits gets two fewer than another", () => {
    const waiting = fc.array(fc.nat({ max: 40 }), { maxLength: 20 });
    fc.assert(
      fc.property(waiting, fc.integer({ min: 1, max: 100 }), (counts, max) => {
        const shares = allocate(counts, max);
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
        expect(sum(shares)).toBe(Math.min(max, sum(counts)));
        const most = Math.max(0, ...shares);
        for (const [index, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(counts[index] ?? 0);
          if (share < (counts[index] ?? 0)) expect(most - share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
