import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { BUGS } from "./bugs.ts";
import { plant } from "./plant.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

test.each(BUGS)("a bug can be planted in the present code: $what", (bug) => {
  const text = readFileSync(join(ROOT, bug.file), "utf8");
  expect(plant(bug, text)).not.toBe(text);
});

test("a bug is refused where its text is missing or occurs twice", () => {
  const bug = { what: "a bug", file: "a.ts", from: "await stored;", to: "" };
  const message = "a bug: expected its text once in a.ts";
  expect(() => plant(bug, "await recorded;")).toThrow(message);
  expect(() => plant(bug, "await stored; await stored;")).toThrow(message);
});
