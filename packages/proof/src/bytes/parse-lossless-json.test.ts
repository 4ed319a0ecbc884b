import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLosslessJson } from "./parse-lossless-json.ts";

const accepts = (parse: (text: string) => unknown, text: string): boolean => {
  try {
    parse(text);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return false;
  }
};

test("parseLosslessJson reads back every value that JSON.stringify wrote, in order", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(JSON.stringify(parseLosslessJson(text))).toBe(JSON.stringify(value));
    }),
  );
});

test("parseLosslessJson accepts exactly the texts that JSON.parse accepts", () => {
  const piece = fc.constantFrom(
    ...'{}[]:, \t\n\r"\\-+.eE0123456789tfn/\u0001\u00a0\ufeff'.split(""),
    ...'true false null NaN undefined -0 1e5 01 1. .5 "a" "a": \\u0041 \\u12'.split(" "),
  );
  const changed = fc
    .tuple(fc.jsonValue(), fc.nat(), fc.nat(3), fc.array(piece, { maxLength: 2 }))
    .map(([value, at, length, pieces]) => {
      const text = JSON.stringify(value);
      const start = at % (text.length + 1);
      return text.slice(0, start) + pieces.join("") + text.slice(start + length);
    });
  const text = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
    changed,
  );
  fc.assert(
    fc.property(text, (each) => {
      expect(accepts(parseLosslessJson, each)).toBe(accepts(JSON.parse, each));
    }),
    { numRuns: 5_000 },
  );
});

test("parseLosslessJson gives a number as it was written", () => {
  const lexemes = ["9007199254740993", "1.50", "-0", "1E400", "0.1e-7"];
  const parseNumber = (lexeme: string): string => `number ${lexeme}`;
  expect(parseLosslessJson(`[${lexemes.join(" , ")}]`, { parseNumber })).toEqual(lexemes.map(parseNumber));
  expect(parseLosslessJson("[1.50,-0,1E2]")).toEqual([1.5, -0, 100]);
});

test("parseLosslessJson reports a second member with the same name, and keeps the later one", () => {
  const duplicates: unknown[] = [];
  const onDuplicate = (...values: unknown[]): void => void duplicates.push(values);
  const text = String.raw`{"a":1,"b":{"__proto__":2,"__proto__":3},"\u0061":[]}`;
  const value = parseLosslessJson(text, { onDuplicate });
  expect(duplicates).toEqual([
    [2, 3],
    [1, []],
  ]);
  expect(value).toEqual({ a: [], b: JSON.parse('{"__proto__":3}') });
  expect(parseLosslessJson('{"toString":1,"constructor":2}', { onDuplicate })).toEqual({ toString: 1, constructor: 2 });
  expect(duplicates).toHaveLength(2);
});

describe("parseLosslessJson refuses", () => {
  test.each([["["], ['{"a":'], ["}"]])("a nesting of more than 64 levels: %s…", (opening) => {
    const parse = (depth: number): unknown => parseLosslessJson("[".repeat(depth) + "]".repeat(depth));
    expect(() => parse(64)).not.toThrow();
    expect(() => parse(65)).toThrow(RangeError);
    expect(() => parseLosslessJson(opening.repeat(1_000_000))).toThrow(opening === "}" ? SyntaxError : RangeError);
  });

  test("other text with a message that quotes nothing of it", () => {
    for (const text of [String.raw`"secret\x"`, '{"secret', "secret"]) {
      expect(() => parseLosslessJson(text)).toThrow(expect.not.objectContaining({ message: /secret/ }));
    }
  });
});
