import canonicalize from "canonicalize";
import fc from "fast-check";
import { expect, test } from "vitest";
import { plainText } from "./plain-text.ts";
import { aBatchData, aHeader, aName, aRecord } from "./testing/arbitraries.ts";

/** Its canonical text as the library makes it; undefined where it has none. */
function reference(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch {
    return undefined;
  }
}

const aTree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, -0, 1e21, 5e-324, Number.NaN, "\ud800", String.raw`\ud800`, undefined, new Date(0)),
    fc.double(),
    fc.string({ unit: "binary" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(aName, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

test("what it gives is the canonical text, whatever it is given", () => {
  fc.assert(
    fc.property(fc.oneof(aTree, fc.anything({ withDate: true, withMap: true, withSparseArray: true })), (value) => {
      const text = plainText(value);
      if (text !== undefined) expect(text).toBe(reference(value));
    }),
    { numRuns: 2_000 },
  );
});

test("a record, a header and a batch have their text from it, in whatever order their members are", () => {
  const isPlain = (text: string): boolean => !/"(?:__proto__|0|[1-9][0-9]*)":|\\ud/.test(text);
  fc.assert(
    fc.property(fc.oneof(aRecord, aHeader, aBatchData), (any) => {
      // In their order still, and with the prototype of every object that a program writes.
      const document: unknown = JSON.parse(JSON.stringify(any));
      const text = reference(document) ?? "";
      if (isPlain(text)) expect(plainText(document)).toBe(text);
    }),
  );
});

test.each([
  ["a lone surrogate", "\ud800"],
  ["a name that is one", { "\udc00": 1 }],
  ["a number that is none", [Number.NaN]],
  ["nothing", undefined],
  ["nothing in a list", [undefined]],
  ["a hole in a list", Array.from({ length: 2 }).fill(1, 1)],
  ["an object of a class", { at: new Date(0) }],
  ["names that are numbers, which no object keeps in this order", { 9: 1, 10: 2 }],
  ["what is not in order, with a member __proto__", JSON.parse('{"b":1,"__proto__":2}')],
])("leaves to others %s", (_, value) => {
  expect(plainText(value)).toBeUndefined();
});

test("costs no more where objects stand deep in each other, every one out of order", () => {
  let value: unknown = 1;
  for (let depth = 0; depth < 64; depth += 1) value = { b: value, a: 1 };
  expect(plainText(value)).toBe(reference(value));
});
