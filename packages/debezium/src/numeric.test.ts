import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./json.ts";
import { decodeFloat4, decodeFloat8, decodeUnscaled } from "./numeric.ts";

/** Java's BigInteger.toByteArray: the shortest big-endian two's complement. */
function toBase64(value: bigint): string {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length += 1;
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, "0"),
    "hex",
  ).toString("base64");
}

test.each([
  ["C+o=", 2, "30.50"],
  ["MDk=", 2, "123.45"],
  ["ew==", 0, "123"],
  ["W6A=", 6, "0.023456"],
  ["LA//uAAAAAAAAAAAAAAAAA==", 0, "58569102859845154622791691858438258688"],
  ["AA==", 2, "0.00"],
  ["/w==", 2, "-0.01"],
  ["gA==", 2, "-1.28"],
  ["AIA=", 2, "1.28"],
  ["/h3t", 2, "-1234.11"],
])("%s at scale %i is %s", (base64, scale, text) => {
  expect(decodeUnscaled(base64, scale)).toBe(text);
});

test("a decimal of any size and sign comes back", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), fc.nat(60), (unscaled, scale) => {
      const text = String(decodeUnscaled(toBase64(unscaled), scale));
      const [, fraction = ""] = text.split(".");
      expect(fraction).toHaveLength(scale);
      expect(BigInt(text.replace(".", ""))).toBe(unscaled);
    }),
  );
});

test("a double's text reads back to the same double", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const lexeme = Object.is(value, -0) ? "-0.0" : value.toExponential();
      expect(Number(decodeFloat8(parseJson(lexeme)))).toBe(value);
    }),
  );
});

test("a float's text is the shortest that reads back to the same float", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const lexeme = Object.is(value, -0) ? "-0.0" : value.toExponential();
      const text = String(decodeFloat4(parseJson(lexeme)));
      expect(Math.fround(Number(text))).toBe(value);
      expect(text.replaceAll(/[-.]|e.*/g, "").replace(/^0+/, "").length).toBeLessThanOrEqual(22);
    }),
  );
});
