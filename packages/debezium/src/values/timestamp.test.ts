import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "../message/json.ts";
import { UNIT } from "./time.ts";
import { decodeTimestamp, decodeZonedTimestamp } from "./timestamp.ts";

test("timestamps equal those of JavaScript's calendar, to the microsecond", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), fc.nat(999), (ms, us) => {
      const expected = `${new Date(ms).toISOString().slice(0, -1)}${String(us).padStart(3, "0")}`;
      const count = parseJson(String(BigInt(ms) * 1000n + BigInt(us)));
      expect(decodeTimestamp(count, UNIT.microsecond, { isSnapshot: false, isElement: false })).toBe(expected);
      expect(decodeZonedTimestamp(`${expected}Z`, { isSnapshot: false, isElement: false })).toBe(`${expected}Z`);
    }),
  );
});
