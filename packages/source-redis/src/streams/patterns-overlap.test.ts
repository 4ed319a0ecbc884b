import fc from "fast-check";
import { expect, test } from "vitest";
import { patternsOverlap } from "./patterns-overlap.ts";

const overlap = (first: string, second: string, readsPrefixStreams = false): boolean =>
  patternsOverlap({ streamPattern: first, readsPrefixStreams }, { streamPattern: second, readsPrefixStreams: false });

test.each([
  ["erp.public.*", "crm.public.*", false],
  ["etrap.public.*", "etrap.analytics.*", false],
  ["etrap.public.*", "etrap.public.*", true],
  ["etrap.*", "etrap.public.account", true],
  ["etrap.*.account", "etrap.public.*", true],
  ["etrap.a*", "etrap.b*", false],
  ["etrap.*a", "etrap.*b", false],
  ["etrap.a?", "etrap.a", false],
  ["etrap.a?", "etrap.?b", true],
  ["etrap.a", "etrap.aa", false],
  ["etrap.?", "etrap.é", false],
  ["etrap.??", "etrap.é", true],
  ["etrap.a\\*", "etrap.ab", false],
  ["etrap.a\\*", "etrap.a\\*", true],
  ["etrap.\\", "etrap.\\\\", true],
  // A set counts as any byte: a refusal is better than a record made twice.
  ["etrap.[ab]", "etrap.c", true],
  ["etrap.[a\\]b]x", "etrap.cx", true],
  ["etrap.[ab]", "etrap.cd", false],
  ["etrap.[ab", "etrap.c", true],
])("%s and %s: %s", (first, second, expected) => {
  expect([overlap(first, second), overlap(second, first)]).toEqual([expected, expected]);
});

test("the streams of the prefix count too, unless they are left to another source", () => {
  expect(overlap("etrap.public.*", "etrap.t*", true)).toBe(true);
  expect(overlap("etrap.public.*", "etrap.t*", false)).toBe(false);
  expect(overlap("etrap.public.*", "__debezium-heartbeat.*", true)).toBe(true);
  expect(patternsOverlap({ streamPattern: "etrap.public.*" }, { streamPattern: "etrap.audit.*" })).toBe(true);
  expect(patternsOverlap({ streamPattern: "erp.public.*" }, { streamPattern: "crm.public.*" })).toBe(false);
});

function matches(glob: string, name: string): boolean {
  if (glob === "") return name === "";
  if (glob.startsWith("*")) return matches(glob.slice(1), name) || (name !== "" && matches(glob, name.slice(1)));
  return name !== "" && (glob.startsWith("?") || glob[0] === name[0]) && matches(glob.slice(1), name.slice(1));
}

/**
 * Every text of the letters a and b up to length six, which is enough for two patterns of four
 * tokens each.
 */
const NAMES = Array.from({ length: 7 }, (_, length) => length).flatMap((length) =>
  Array.from({ length: 2 ** length }, (_, number) =>
    Array.from({ length }, (_unused, bit) => ((number >> bit) % 2 === 0 ? "a" : "b")).join(""),
  ),
);

test("two patterns overlap exactly where some name matches both", () => {
  const glob = fc.array(fc.constantFrom("a", "b", "?", "*"), { maxLength: 4 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(glob, glob, (first, second) => {
      const isShared = NAMES.some((name) => matches(first, name) && matches(second, name));
      expect(overlap(`x.${first}`, `x.${second}`)).toBe(isShared);
    }),
    { numRuns: 2_000 },
  );
});
