import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { equalValues, verifyEqual } from "./verify-equal.ts";

test.each<[unknown, unknown, string]>([
  [5, {}, "x"],
  [{}, 5, "x"],
  ["", [], "x"],
  [null, {}, "x"],
  [{}, null, "x"],
  [[], {}, "x"],
  [{ a: undefined }, { a: null }, "x.a"],
  [[1, 2], [1, 3], "x[1]"],
  [[1], [1, 2], "x[1]"],
  [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: "1" }] } }, "x.a.b[0].c"],
  [{ "a\nb": 1 }, {}, "x.a\\nb"],
])("%j is not %j", (actual, expected, place) => {
  expect(equalValues(actual, expected)).toBe(false);
  expect(() => verifyEqual(actual, expected, "x")).toThrow(expect.objectContaining({ code: "HEADER_MISMATCH", place }));
});

test("two JSON values are equal if and only if their canonical texts are", () => {
  const value = fc.jsonValue({ maxDepth: 3 }).map((any): unknown => JSON.parse(JSON.stringify(any)));
  fc.assert(
    fc.property(value, value, (one, other) => {
      const [left, right] = [one, other].map((any) => new TextDecoder().decode(encodeCanonical(any)));
      expect(equalValues(one, other)).toBe(left === right);
      expect(equalValues(one, structuredClone(one))).toBe(true);
    }),
    { numRuns: 500 },
  );
});
