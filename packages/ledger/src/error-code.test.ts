import { expect, test } from "vitest";
import { codeOf } from "./error-code.ts";

test.each([
  ["an error with a code", Object.assign(new Error("x"), { code: "A" }), "A"],
  ["an error without a code", new Error("x"), undefined],
  ["an error whose code is a number", Object.assign(new Error("x"), { code: 1 }), undefined],
  ["an object that is no error", { code: "A" }, undefined],
])("codeOf reads the code of %s", (_, error, code) => {
  expect(codeOf(error)).toBe(code);
});
