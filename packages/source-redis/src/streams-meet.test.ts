import fc from "fast-check";
import { expect, test } from "vitest";
import { streamsMeet } from "./streams-meet.ts";

const meet = (first: string, second: string, readsBeside = false): boolean =>
  streamsMeet({ streamPattern: first, readsBeside }, { streamPattern: second, readsBeside: false });

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
  // A set counts as any byte: rather refused than recorded twice.
  ["etrap.[ab]", "etrap.c", true],
  ["etrap.[a\\]b]x", "etrap.cx", true],
  ["etrap.[ab]", "etrap.cd", false],
  ["etrap.[ab", "etrap.c", true],
])("%s and %s: %s", (first, second, expected) => {
  expect([meet(first, second), meet(second, first)]).toEqual([expected, expected]);
});

test("what is read beside the tables counts too, unless it is left to another source", () => {
  expect(meet("etrap.public.*", "etrap.t*", true)).toBe(true);
  expect(meet("etrap.public.*", "etrap.t*", false)).toBe(false);
  expect(meet("etrap.public.*", "__debezium-heartbeat.*", true)).toBe(true);
  expect(streamsMeet({ streamPattern: "etrap.public.*" }, { streamPattern: "etrap.audit.*" })).toBe(true);
  expect(streamsMeet({ streamPattern: "erp.public.*" }, { streamPattern: "crm.public.*" })).toBe(false);
});

function matches(glob: string, name: string): boolean {
  if (glob === "") return name === "";
  if (glob.startsWith("*")) return matches(glob.slice(1), name) || (name !== "" && matches(glob, name.slice(1)));
  return name !== "" && (glob.startsWith("?") || glob[0] === name[0]) && matches(glob.slice(1), name.slice(1));
}

/** Every text of a and b with up to six letters: the longest that two patterns of four places, a star in each, need. */
const NAMES = Array.from({ length: 7 }, (_, length) => length).flatMap((length) =>
  Array.from({ length: 2 ** length }, (_, number) =>
    Array.from({ length }, (_unused, bit) => ((number >> bit) % 2 === 0 ? "a" : "b")).join(""),
  ),
);

test("meets exactly where there is a name that both match", () => {
  const glob = fc.array(fc.constantFrom("a", "b", "?", "*"), { maxLength: 4 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(glob, glob, (first, second) => {
      const isShared = NAMES.some((name) => matches(first, name) && matches(second, name));
      expect(meet(`x.${first}`, `x.${second}`)).toBe(isShared);
    }),
    { numRuns: 2_000 },
  );
});
