import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCanonical, parseCanonical } from "./canonical-json.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const LARGE = { maxBytes: 1 << 24, maxMembers: 1 << 20 };
const parse = (text: string): unknown => parseCanonical(bytes(text), "document", LARGE);
const refusal = (code: string): unknown => expect.objectContaining({ name: "ProofError", code });

describe("encodeCanonical", () => {
  test("returns the text of RFC 8785 §3.2.2 and §3.2.3", () => {
    const value = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '€$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(new TextDecoder().decode(encodeCanonical(value))).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test("orders members by UTF-16 units (RFC 8785 §3.2.3)", () => {
    const text = new TextDecoder().decode(
      encodeCanonical({ "€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\u0080": 6, ö: 7 }),
    );
    expect([...text.matchAll(/:(\d)/g)].map(([, digit]) => digit).join("")).toBe("2467153");
  });

  test("keeps a column called __proto__", () => {
    const image = Object.assign(Object.create(null), { a: "1" });
    Object.defineProperty(image, "__proto__", { value: "x", enumerable: true });
    expect(new TextDecoder().decode(encodeCanonical(image))).toBe('{"__proto__":"x","a":"1"}');
  });

  test.each([["\ud800"], [{ "\udc00": 1 }], [Number.NaN], [Number.POSITIVE_INFINITY]])("refuses %j", (value) => {
    expect(() => encodeCanonical(value)).toThrow(refusal("NOT_CANONICAL"));
  });
});

describe("parseCanonical", () => {
  test("reads back every value it wrote", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(encodeCanonical(parseCanonical(encodeCanonical(value), "document", LARGE))).toEqual(
          encodeCanonical(value),
        );
      }),
    );
  });

  test("reads names with escapes after one that is a backslash", () => {
    for (const name of ["\\", '"']) {
      // The first name is used nowhere else: see parse-json.test.ts.
      const value = { " of this test alone": 1, [name]: 2 };
      expect(parse(JSON.stringify(value))).toEqual(value);
    }
  });

  test("allows white space between tokens and keeps it inside strings", () => {
    expect(parse(' {\r\n\t"a b" : [ 1 ,2 ] ,"c":"x  \\" y"} \n')).toEqual({ "a b": [1, 2], c: 'x  " y' });
  });

  test("allows white space around a string of any length", () => {
    const long = "x\n".repeat(5 << 20);
    expect(parse(`[ ${JSON.stringify(long)} ]`)).toEqual([long]);
    expect(() => parse(`[ ${JSON.stringify(long).slice(0, -1)} ]`)).toThrow(refusal("MALFORMED_DOCUMENT"));
  });

  test.each([["[1 2]"], ['["a" "b"]'], ['{"a" :1 1}'], ["[1,2 ]x"], ["1 0"]])(
    "white space joins no tokens: %s",
    (text) => {
      expect(() => parse(text)).toThrow(refusal("MALFORMED_DOCUMENT"));
    },
  );

  test.each([
    ["a duplicate key", '{"a":1,"a":2}'],
    ["an equal duplicate key", '{"a":1,"a":1}'],
    ["a duplicate key in another escape", '{"a":1,"\\u0061":1}'],
    ["a number that a double does not hold", "9007199254740993"],
    ["a number in another form", "1.0"],
    ["minus zero", "-0"],
    ["an infinite number", "1e999"],
    ["members in another order", '{"b":1,"a":2}'],
    ["a needless escape", '"\\u0061"'],
    ["a lone surrogate", '"\\ud800"'],
  ])("refuses %s as NOT_CANONICAL", (_, text) => {
    expect(() => parse(text)).toThrow(refusal("NOT_CANONICAL"));
  });

  test.each([
    ["nothing", ""],
    ["a truncated object", '{"a":1'],
    ["two values", "1 2"],
    ["a byte order mark", "\ufeff{}"],
    ["a value that JSON does not have", "undefined"],
  ])("refuses %s as MALFORMED_DOCUMENT", (_, text) => {
    expect(() => parse(text)).toThrow(refusal("MALFORMED_DOCUMENT"));
  });

  test.each([
    ["64 deep", "[".repeat(64) + "]".repeat(64), undefined],
    ["brackets in a text", `"${"[".repeat(100)}"`, undefined],
    ["brackets behind an escaped quote", `"\\"${"[".repeat(100)}"`, undefined],
    ["65 deep", "[".repeat(65) + "]".repeat(65), "TOO_LARGE"],
    ["objects 65 deep", '{"a":'.repeat(65) + "1" + "}".repeat(65), "TOO_LARGE"],
    ["a million deep", "[".repeat(1_000_000) + "]".repeat(1_000_000), "TOO_LARGE"],
    ["closed and never opened", "]".repeat(1_000), "MALFORMED_DOCUMENT"],
    ["as many members as may be", `[${"0,".repeat(999)}0]`, undefined],
    ["a comma more", `[${"0,".repeat(1_000)}0]`, "TOO_LARGE"],
    ["brackets between few commas", `[${`${"[".repeat(60)}${"]".repeat(60)},`.repeat(20)}0]`, "TOO_LARGE"],
    ["commas in a text", `"${",".repeat(2_000)}"`, undefined],
  ])("is not brought down by nesting or members: %s", (_, text, code) => {
    const attempt = (): unknown => parseCanonical(bytes(text), "document", { maxBytes: 1 << 24, maxMembers: 1_000 });
    if (code === undefined) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(expect.objectContaining({ code, verdict: "could not check" }));
  });

  test("neither writes nor reads a nesting of 65", () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    expect(new TextDecoder().decode(encodeCanonical(nested(64)))).toBe(`${"[".repeat(64)}1${"]".repeat(64)}`);
    expect(() => encodeCanonical(nested(65))).toThrow(refusal("NOT_CANONICAL"));
  });

  test("refuses bytes that are not UTF-8", () => {
    expect(() => parseCanonical(Uint8Array.of(0x22, 0xff, 0x22), "document", LARGE)).toThrow(
      refusal("MALFORMED_DOCUMENT"),
    );
  });

  test("refuses more bytes than the bound, before it parses them", () => {
    expect(() => parseCanonical(bytes("[1]"), "document", { ...LARGE, maxBytes: 2 })).toThrow(refusal("TOO_LARGE"));
  });

  test("never quotes the text that it refuses", () => {
    const secret = "4111-1111-1111-1111";
    for (const text of [`{"card":"${secret}"`, `{"card":"${secret}","card":"${secret}"}`, `{"card": ${secret}}`]) {
      expect(() => parse(text)).toThrow(expect.not.objectContaining({ message: expect.stringContaining("4111") }));
    }
  });
});
