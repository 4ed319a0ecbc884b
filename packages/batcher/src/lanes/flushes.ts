import type { Held } from "./open-batches.ts";

/** The flushes of a lane that wait for changes to be released. */
export interface Flushes {
  /** Resolves once `changes` arrivals with a number up to `upTo` were released. */
  add(upTo: number, changes: number): Promise<void>;
  /** Counts released arrivals. */
  count(released: readonly Held[]): void;
  /** Rejects every flush that waits. */
  fail(reason: unknown): void;
}

interface Flush {
  readonly upTo: number;
  left: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Creates an empty set of flushes. */
export function createFlushes(): Flushes {
  let flushes: Flush[] = [];
  return {
    add: (upTo, changes) =>
      new Promise((resolve, reject) => {
        flushes.push({ upTo, left: changes, resolve, reject });
      }),
    count(released) {
      for (const flush of flushes) {
        flush.left -= released.filter(({ number }) => number <= flush.upTo).length;
        if (flush.left === 0) flush.resolve();
      }
      flushes = flushes.filter(({ left }) => left > 0);
    },
    fail(reason) {
      for (const { reject } of flushes) reject(reason);
      flushes = [];
    },
  };
}
