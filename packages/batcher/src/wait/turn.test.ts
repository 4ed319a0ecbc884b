import { expect, test } from "vitest";
import { turn, withTurn } from "./turn.ts";

/** Returns a function that says whether the event loop turned since. */
function watchTurn(): () => boolean {
  let hasTurned = false;
  setImmediate(() => (hasTurned = true));
  return () => hasTurned;
}

test("a turn lets other tasks of the event loop run", async () => {
  const hasTurned = watchTurn();
  await Promise.resolve();
  expect(hasTurned()).toBe(false);
  await turn();
  expect(hasTurned()).toBe(true);
});

test.each([
  ["settles at once", async () => 7],
  ["takes its time", () => new Promise<number>((resolve) => setTimeout(() => resolve(7), 5))],
])("the outcome of a call that %s comes after a turn", async (_, call) => {
  const hasTurned = watchTurn();
  expect(await withTurn(call)).toBe(7);
  expect(hasTurned()).toBe(true);
});

test("the error of a call that rejects at once comes after a turn", async () => {
  const hasTurned = watchTurn();
  await expect(withTurn(() => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(hasTurned()).toBe(true);
});
