import { expect, test } from "vitest";
import { createTally } from "./tally.ts";

test("counts are summed up by name, under any name", () => {
  const tally = createTally();
  for (const name of ["NOT_JSON", "__proto__", "NOT_JSON"]) tally.add(name);
  tally.add("TOMBSTONE", 5);
  expect(Object.entries(tally.counts())).toEqual([
    ["NOT_JSON", 2],
    ["__proto__", 1],
    ["TOMBSTONE", 5],
  ]);
});

test("more names than anyone reads are counted together", () => {
  const tally = createTally();
  for (let number = 0; number < 1_000; number += 1) tally.add(`reason ${number}`);
  tally.add("reason 0");
  const counts = tally.counts();
  expect(Object.keys(counts)).toHaveLength(257);
  expect(counts).toMatchObject({ OTHER: 1_000 - 256, "reason 0": 2 });
});
