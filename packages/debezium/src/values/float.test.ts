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
