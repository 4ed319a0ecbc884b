import fc from "fast-check";
import { expect, test } from "vitest";
import { createWakeup } from "./wakeup.ts";
import { createScheduler } from "../testing/scheduler.ts";

/** Whether a promise is settled once all microtasks have run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test("a notification ends a wait that has begun", async () => {
  const wakeup = createWakeup();
  const woken = wakeup.wait();
  expect(await isSettled(woken)).toBe(false);
  wakeup.notify();
  expect(await isSettled(woken)).toBe(true);
});

test("a notification before the wait ends the next wait, and only that", async () => {
  const wakeup = createWakeup();
  wakeup.notify();
  wakeup.notify();
  expect(await isSettled(wakeup.wait())).toBe(true);
  expect(await isSettled(wakeup.wait())).toBe(false);
});

test("a wait without a notification ends when its time is over, and not earlier", async () => {
  const [wakeup, scheduler] = [createWakeup(), createScheduler(0)];
  const woken = wakeup.wait({ ms: 50, clock: scheduler.clock });
  expect(await isSettled(woken)).toBe(false);
  await scheduler.step();
  expect(scheduler.now).toBe(50);
  expect(await isSettled(woken)).toBe(true);
  expect(await isSettled(wakeup.wait())).toBe(false);
});

test("a notification ends a timed wait, and the rest of its time ends no other wait", async () => {
  const [wakeup, scheduler] = [createWakeup(), createScheduler(0)];
  const woken = wakeup.wait({ ms: 50, clock: scheduler.clock });
  wakeup.notify();
  expect(await isSettled(woken)).toBe(true);
  const next = wakeup.wait();
  while (await scheduler.step());
  expect(await isSettled(next)).toBe(false);
});

test("a task that waits in a loop sees everything that was done before a notification", async () => {
  const steps = fc.array(fc.record({ turns: fc.nat(3), notifications: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const wakeup = createWakeup();
      let [done, seen] = [0, 0];
      const watcher = (async () => {
        while (seen < all.length) {
          await wakeup.wait();
          seen = done;
        }
      })();
      for (const { turns, notifications } of all) {
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
        done += 1;
        for (let count = 0; count < notifications; count += 1) wakeup.notify();
      }
      if (all.length > 0) expect(await isSettled(watcher)).toBe(true);
    }),
  );
});
