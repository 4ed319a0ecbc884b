import fc from "fast-check";
import { expect, test } from "vitest";
import { depthOf } from "./json-depth.ts";

/** The depth of a parsed value, counted a second way. */
function countDepth(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(countDepth));
}

test("the depth of a text is the depth of its value, whatever its strings hold", () => {
  const text = fc.string({ unit: fc.constantFrom("[", "]", "{", "}", '"', "\\", "x") });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 5 }, text, fc.constant(5), tie("array"), tie("object")),
    array: fc.array(tie("value"), { maxLength: 3 }),
    object: fc.dictionary(text, tie("value"), { maxKeys: 3 }),
  }));
  fc.assert(
    fc.property(value, (json) => {
      expect(depthOf(JSON.stringify(json))).toBe(countDepth(json));
    }),
  );
});

test.each([
  ['["\\\\"]', 1],
  ['["\\\\\\""]', 1],
  ['["\\"[["]', 1],
  ['[""]', 1],
  ["[[1],[[2]],3]", 3],
  ["[{},{}]", 2],
  ["[[],[]]", 2],
  ['"[', 0],
])("the depth of %s is %i", (text, depth) => {
  expect(depthOf(text)).toBe(depth);
});
