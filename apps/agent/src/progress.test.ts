import { expect, test } from "vitest";
import { createProgress } from "./progress.ts";

function textsOf(isTTY: boolean): string[] {
  const texts: string[] = [];
  const show = createProgress({ isTTY, write: (text: string | Uint8Array) => texts.push(String(text)) > 0 });
  for (const text of ["1 of 2", "2 of 2", ""]) show(text);
  return texts;
}

test("shows a text in the last line, not more often than can be read, and removes it", () => {
  expect(textsOf(true)).toEqual(["\u001B[2K\r1 of 2", "\u001B[2K\r"]);
});

test("leaves an output alone that is no terminal", () => {
  expect(textsOf(false)).toEqual([]);
});
