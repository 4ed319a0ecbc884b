import { expect, test } from "vitest";
import { MOST_CALLS_IN_A_TURN, watchTurns } from "./watch-turns.ts";

test("calls that all come within one turn are noticed", async () => {
  const watch = watchTurns();
  const callOften = (): boolean[] => Array.from({ length: MOST_CALLS_IN_A_TURN }, () => watch.called());
  expect(callOften()).not.toContain(false);
  await Promise.resolve();
  expect(watch.called()).toBe(false);
  await new Promise((resolve) => setImmediate(resolve));
  expect(callOften()).not.toContain(false);
});
