import { expect, test } from "vitest";
import { codeOf } from "./error-code.ts";

test.each([
  ["an error with one", Object.assign(new Error("x"), { code: "A" }), "A"],
  ["an error without", new Error("x"), undefined],
  ["an error whose code is no text", Object.assign(new Error("x"), { code: 1 }), undefined],
  ["no error", { code: "A" }, undefined],
])("the code of %s", (_, error, code) => {
  expect(codeOf(error)).toBe(code);
});
