import { expect, test } from "vitest";
import { printable, printableJson } from "./printable.ts";

test.each([
  ["Čeněk 数 😀 ✅", "Čeněk 数 😀 ✅"],
  ["\u001b[1A\u001b[2K", "\\u{1b}[1A\\u{1b}[2K"],
  ["two\nlines\r\t", "two\\u{a}lines\\u{d}\\u{9}"],
  ["\u202eturned", "\\u{202e}turned"],
  ["\u009b\u2028\ufeff", "\\u{9b}\\u{2028}\\u{feff}"],
])("escapes %j", (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("keeps the value of JSON", () => {
  const value = { "a\u009b": "\u202e\u{e0001}\n", b: ["Čeněk 😀"] };
  const json = printableJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(json).toContain("Čeněk 😀");
});
