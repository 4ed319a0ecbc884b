import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeDate, decodeTimestamp, decodeZonedTimestamp } from "./temporal.ts";

test("dates are those of JavaScript's calendar, wherever that reaches", () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_162, max: 2_932_896 }), (days) => {
      expect(decodeDate(BigInt(days), false)).toBe(new Date(days * 86_400_000).toISOString().slice(0, 10));
    }),
  );
});

test("timestamps are those of JavaScript's calendar, to the microsecond", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), fc.nat(999), (ms, us) => {
      const expected = `${new Date(ms).toISOString().slice(0, -1)}${String(us).padStart(3, "0")}`;
      expect(decodeTimestamp(BigInt(ms) * 1000n + BigInt(us))).toBe(expected);
      expect(decodeZonedTimestamp(`${expected}Z`, false)).toBe(`${expected}Z`);
    }),
  );
});

const dayOf = (date: string): number => Number.parseInt(date.split("-")[2] ?? "", 10);

test("each day follows the one before, across eras and leap years", () => {
  for (const start of [-1_721_430n, -719_530n, -141_500n, 11_000n, 2_932_800n]) {
    let before = String(decodeDate(start, false));
    for (let day = start + 1n; day < start + 800n; day += 1n) {
      const date = String(decodeDate(day, false));
      expect(dayOf(date) === dayOf(before) + 1 || dayOf(date) === 1).toBe(true);
      before = date;
    }
  }
});
