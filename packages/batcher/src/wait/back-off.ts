/** The waits between attempts, which double from `firstMs` up to `longestMs`. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
  /**
   * The largest fraction that chance takes off, so that tasks that failed together do not try again
   * together.
   */
  readonly spread: number;
}

/** The back-off for a store that does not answer. */
export const STORE_BACK_OFF: BackOff = { firstMs: 100, longestMs: 30_000, spread: 1 / 2 };

/** Returns the wait before the next attempt, in milliseconds. `random` is from 0 to 1. */
export function backOff(doublings: number, random: number, { firstMs, longestMs, spread }: BackOff): number {
  return Math.round(Math.min(firstMs * 2 ** doublings, longestMs) * (1 - random * spread));
}
