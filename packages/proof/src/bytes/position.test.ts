import fc from "fast-check";
import { expect, test } from "vitest";
import { comparePositions, isPosition } from "./position.ts";

const position = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 70n }), fc.bigInt({ min: 0n, max: 20n }));

test("orders Redis ids by number, not by text", () => {
  fc.assert(
    fc.property(position, position, ([ms1, seq1], [ms2, seq2]) => {
      const expected = ms1 === ms2 ? seq1 - seq2 : ms1 - ms2;
      expect(Math.sign(comparePositions(`${ms1}-${seq1}`, `${ms2}-${seq2}`))).toBe(
        Number(expected > 0n) - Number(expected < 0n),
      );
    }),
  );
});

test("orders positions of any length number by number", () => {
  const few = fc.array(fc.bigInt({ min: 0n, max: 120n }), { minLength: 1, maxLength: 4 });
  const reference = (a: readonly bigint[], b: readonly bigint[]): number => {
    const at = a.findIndex((number, index) => number !== b[index]);
    const [left, right] = [a[at], b[at]];
    if (left === undefined) return Math.sign(a.length - b.length);
    return right === undefined || left > right ? 1 : -1;
  };
  fc.assert(
    fc.property(few, few, (a, b) => {
      expect(Math.sign(comparePositions(a.join("-"), b.join("-")))).toBe(reference(a, b));
    }),
    { numRuns: 2_000 },
  );
});

test("orders a prefix before its continuations", () => {
  expect(comparePositions("7", "7-0")).toBeLessThan(0);
  expect(comparePositions("7-0", "7")).toBeGreaterThan(0);
});

test.each(["0", "1749855135650-0", "1-2-3-4", "9".repeat(256)])("takes %s", (id) => {
  expect(isPosition(id)).toBe(true);
});

test.each(["", "-", "1-", "-1", "01", "1-02", "1.5", "1-2-3-4-5", "a", " 1", "1 ", "٣", "9".repeat(257)])(
  "refuses %j",
  (id) => {
    expect(isPosition(id)).toBe(false);
  },
);
