import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "../message/json.ts";
import { decodeFixedScale, decodeUnscaled, decodeVariableScale } from "./decimal.ts";

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

test.each([
  ["", 2],
  ["AA==", -1],
  ["AA==", 1.5],
  ["AA==", Number.NaN],
  ["AA==", 16_001],
  [null, 2],
])("%s at scale %d has no value", (base64, scale) => {
  expect(decodeUnscaled(base64, scale)).toEqual({ code: "MALFORMED_VALUE" });
});

test("a scale is decoded up to its limit", () => {
  expect(decodeUnscaled("AQ==", 16_000)).toHaveLength(16_002);
  expect(decodeFixedScale("AQ==", 1000)).toHaveLength(1002);
  expect(decodeFixedScale("AQ==", 1001)).toEqual({ code: "OUT_OF_RANGE" });
  expect(decodeFixedScale(null, 1001)).toEqual({ code: "MALFORMED_VALUE" });
  expect(decodeVariableScale(parseJson('{"value":"AQ=="}'))).toEqual({ code: "MALFORMED_VALUE" });
  expect(decodeVariableScale(parseJson('{"scale":0}'))).toEqual({ code: "MALFORMED_VALUE" });
  expect(decodeVariableScale(parseJson("5"))).toEqual({ code: "MALFORMED_VALUE" });
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
