import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const COLUMNS = 100;

test(`comments are within ${COLUMNS} columns`, () => {
  const files = execFileSync("git", ["ls-files", "*.ts", "*.mjs"], { cwd: ROOT, encoding: "utf8" })
    .trimEnd()
    .split("\n");
  expect(files.flatMap(longComments)).toEqual([]);
});

/** Returns `file:line` of each line that is all comment and too long. */
function longComments(file: string): string[] {
  const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
  return lines.flatMap((line, index) =>
    line.length > COLUMNS && /^\s*(\/\/|\/\*|\*)/.test(line) ? [`${file}:${index + 1}`] : [],
  );
}
