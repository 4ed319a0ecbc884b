import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasEscapedName, parseJson } from "./parse-json.ts";

/**
 * V8 reads a member's name from the one map that followed when an earlier object had the same
 * members so far. The first member's name is used in no other object, so the fault always shows.
 */
const textWith = (name: string): string => JSON.stringify({ "of this test alone": 1, [name]: 2 });
const NAMES = ['"', "\n", "\u0000"];

const lastName = (value: unknown): string | undefined => Object.keys(Object(value)).at(-1);
const readByPlatform = (name: string): string | undefined => lastName(JSON.parse(textWith(name)));

readByPlatform("\\");

/** Node 22 is right. Once every supported platform is, `parseJson` may go. */
test("this platform gives a member with an escape its own name, or that of another text's member", () => {
  const read = NAMES.map(readByPlatform);
  if (read.join() !== NAMES.join()) expect(read).toContain("\\");
  else expect(read).toEqual(NAMES);
});

test("parseJson gives every member its own name, also where the platform does not", () => {
  readByPlatform("\\");
  expect(NAMES.map((name) => lastName(parseJson(textWith(name))))).toEqual(NAMES);
});

/** Names that need an escape, and names close to them. */
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom("\\", '"', "\n", "\u0001", "a", ":", " ", "\ud800", "é"), maxLength: 5 }),
  fc.constantFrom("__proto__", "constructor", "0", ""),
  fc.string(),
);

/** JSON values made without a parser. */
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    name,
    fc.constantFrom(null, true, false, 0, -0.5, 1e300),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie("value")), { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  ),
}));

test("parseJson reads back every value that JSON.stringify wrote", () => {
  fc.assert(
    fc.property(anyValue, fc.constantFrom(0, 2), (value, indent) => {
      expect(parseJson(JSON.stringify(value, null, indent))).toEqual(value);
    }),
    { numRuns: 2_000 },
  );
});

describe("hasEscapedName", () => {
  const hasOne = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).some(
      ([key, member]) => (!Array.isArray(value) && JSON.stringify(key) !== `"${key}"`) || hasOne(member),
    );

  test("is true if and only if a name has an escape", () => {
    fc.assert(
      fc.property(anyValue, fc.constantFrom(0, 2), (value, indent) => {
        expect(hasEscapedName(JSON.stringify(value, null, indent))).toBe(hasOne(value));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [String.raw`{"a":"\\\":\""}`, false],
    [String.raw`{"a":["\"",":"]}`, false],
    [String.raw`{"\u0061":1}`, true],
    [String.raw`{"\\" ${"\t\r\n"} : 1}`, true],
    [String.raw`"\"`, false],
    ["\\", false],
  ])("of %j is %s", (text, answer) => {
    expect(hasEscapedName(text)).toBe(answer);
  });

  test("takes bounded time for a value of many escapes", () => {
    const text = JSON.stringify({ a: '\\"'.repeat(4 << 20), b: 1 });
    const start = performance.now();
    expect(hasEscapedName(text)).toBe(false);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
