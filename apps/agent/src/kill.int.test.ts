import { expect, test } from "vitest";
import { runWithKills } from "./fixtures/kill-run.ts";

// A much smaller load is recorded before the last kill, and leaves the last run nothing to do.
test("I1, I7: kill -9 at 2 random moments of a load of 4,000 entries loses nothing and doubles nothing", async () => {
  const { kills, expected, recorded } = await runWithKills({ entries: 4_000, kills: 2 });
  expect(kills.map(({ exitCode }) => exitCode)).toEqual([null, null]);
  expect(recorded).toEqual(expected);
});
