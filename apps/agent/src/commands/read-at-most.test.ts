import { expect, test } from "vitest";
import { readAtMost } from "./read-at-most.ts";

test("ends on a file that never ends", async () => {
  expect(await readAtMost("/dev/zero", 100_000)).toHaveLength(100_000);
});

test("reads a shorter file whole, and rejects for a folder", async () => {
  expect((await readAtMost(import.meta.filename, 1 << 20)).length).toBeGreaterThan(100);
  await expect(readAtMost(import.meta.dirname, 10)).rejects.toMatchObject({ code: "EISDIR" });
});
