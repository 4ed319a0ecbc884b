import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "../message/json.ts";
import { decodeFloat4, decodeFloat8 } from "./float.ts";

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

test.each(["1.27299495e-8", "102.313805", "0.0105050495", "117646056", "1.0000001"])(
  "a float that needs all its digits keeps them: %s",
  (text) => {
    expect(decodeFloat4(parseJson(text))).toBe(text);
  },
);

test("no shorter text reads back to the same float, whatever text it came as", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: 0 }), (value) => {
      const text = String(decodeFloat4(parseJson(String(value))));
      const digits = text.replace(/e.*/, "").replace(".", "").replace(/^0+/, "").replace(/0+$/, "").length;
      for (let fewer = 1; fewer < digits; fewer += 1)
        expect(Math.fround(Number(value.toPrecision(fewer)))).not.toBe(value);
      expect(Math.fround(Number(text))).toBe(value);
    }),
  );
});
