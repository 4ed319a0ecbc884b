import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeUnscaled } from "./decimal.ts";

/** Encodes as Java's BigInteger.toByteArray does: the shortest big-endian two's complement. */
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

test("a decimal of any size and sign is decoded exactly", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), fc.nat(60), (unscaled, scale) => {
      const text = String(decodeUnscaled(toBase64(unscaled), scale));
      const [, fraction = ""] = text.split(".");
      expect(fraction).toHaveLength(scale);
      expect(BigInt(text.replace(".", ""))).toBe(unscaled);
    }),
  );
});
