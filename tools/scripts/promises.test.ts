import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./run-example.ts";

const rows = readFileSync(join(ROOT, "docs/seed.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| promise"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test("every promise says where it stands", () => {
  expect(rows.length).toBeGreaterThan(30);
  for (const [, promise, state] of rows) expect(state, promise).toMatch(/^(kept|not yet)/);
});

test("every promise that is kept names a test that is there", () => {
  for (const [, promise, state = "", shown = ""] of rows) {
    const [, file] = /^`([^`]+\.test\.ts)`$/.exec(shown) ?? [];
    if (state.startsWith("kept")) expect(file, promise).toBeDefined();
    if (file !== undefined) expect(existsSync(join(ROOT, file)), file).toBe(true);
  }
});
