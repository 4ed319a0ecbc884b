import type { Clock } from "../ports.ts";

/** Virtual time: what is due happens one after another, and nothing passes by itself. */
export interface Scheduler {
  readonly now: number;
  readonly clock: Clock;
  /** Does something at a time, after all that was planned for then before. */
  at(time: number, task: () => void): void;
  /** Resolves after so many milliseconds of virtual time. */
  after(ms: number): Promise<void>;
  /** Lets everything that can go on go on, then the next task happen. Says whether there was one. */
  step(): Promise<boolean>;
}

interface Planned {
  readonly time: number;
  readonly number: number;
  readonly task: () => void;
}

/** Creates a scheduler at a time. */
export function createScheduler(start: number): Scheduler {
  let now = start;
  let count = 0;
  const planned: Planned[] = [];

  const at = (time: number, task: () => void): void => {
    const number = (count += 1);
    const place = planned.findLastIndex((other) => other.time <= time);
    planned.splice(place + 1, 0, { time: Math.max(time, now), number, task });
  };
  const after = (ms: number): Promise<void> => new Promise((resolve) => at(now + ms, resolve));

  return {
    get now() {
      return now;
    },
    clock: {
      now: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true) return resolve();
          signal?.addEventListener("abort", () => resolve());
          at(now + ms, resolve);
        }),
    },
    at,
    after,
    async step() {
      // All microtasks run before the event loop comes to this; no other task of the platform is in play.
      await new Promise((resolve) => setImmediate(resolve));
      const next = planned.shift();
      if (next === undefined) return false;
      now = next.time;
      next.task();
      return true;
    },
  };
}
