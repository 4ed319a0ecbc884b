import type { Clock } from "../ports.ts";

/**
 * A scheduler of virtual time. Planned tasks run one after another, and time passes only from one
 * to the next.
 */
export interface Scheduler {
  /** The virtual time, in milliseconds since 1970 UTC. */
  readonly now: number;
  readonly clock: Clock;
  /** Plans a task for a time, after those that were planned for it before. */
  at(time: number, task: () => void): void;
  /** Resolves after this many milliseconds of virtual time. */
  after(ms: number): Promise<void>;
  /**
   * Lets every promise settle that can, then runs the next task. Resolves to whether there was one.
   */
  step(): Promise<boolean>;
}

interface Planned {
  readonly time: number;
  readonly number: number;
  readonly task: () => void;
}

/** Creates a scheduler that starts at this time. */
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
      // All microtasks run before this resolves. No other task of the platform is in use.
      await new Promise((resolve) => setImmediate(resolve));
      const next = planned.shift();
      if (next === undefined) return false;
      now = next.time;
      next.task();
      return true;
    },
  };
}
