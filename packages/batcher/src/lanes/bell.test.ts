import fc from "fast-check";
import { expect, test } from "vitest";
import { createBell } from "./bell.ts";
import { createScheduler } from "../simulation/scheduler.ts";

/** Whether a promise is settled once everything that can go on has gone on. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test("a ring is heard by who waits already", async () => {
  const bell = createBell();
  const heard = bell.heard();
  expect(await isSettled(heard)).toBe(false);
  bell.ring();
  expect(await isSettled(heard)).toBe(true);
});

test("a ring before the wait is kept for it, and for no other", async () => {
  const bell = createBell();
  bell.ring();
  bell.ring();
  expect(await isSettled(bell.heard())).toBe(true);
  expect(await isSettled(bell.heard())).toBe(false);
});

test("nobody rings: heard when the time is over, not before, and only then", async () => {
  const [bell, scheduler] = [createBell(), createScheduler(0)];
  const heard = bell.heard({ ms: 50, clock: scheduler.clock });
  expect(await isSettled(heard)).toBe(false);
  await scheduler.step();
  expect(scheduler.now).toBe(50);
  expect(await isSettled(heard)).toBe(true);
  expect(await isSettled(bell.heard())).toBe(false);
});

test("a ring in time ends the wait, and the time that is left rings for nobody", async () => {
  const [bell, scheduler] = [createBell(), createScheduler(0)];
  const heard = bell.heard({ ms: 50, clock: scheduler.clock });
  bell.ring();
  expect(await isSettled(heard)).toBe(true);
  const next = bell.heard();
  while (await scheduler.step());
  expect(await isSettled(next)).toBe(false);
});

test("whenever it rings, who waits in a loop sees everything that was put there before", async () => {
  const turns = fc.array(fc.record({ waits: fc.nat(3), rings: fc.integer({ min: 1, max: 3 }) }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(turns, async (all) => {
      const bell = createBell();
      let [put, seen] = [0, 0];
      const watcher = (async () => {
        while (seen < all.length) {
          await bell.heard();
          seen = put;
        }
      })();
      for (const { waits, rings } of all) {
        for (let turn = 0; turn < waits; turn += 1) await Promise.resolve();
        put += 1;
        for (let ring = 0; ring < rings; ring += 1) bell.ring();
      }
      if (all.length > 0) expect(await isSettled(watcher)).toBe(true);
    }),
  );
});
