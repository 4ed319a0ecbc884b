/** How long to rest after a failure. */
export interface Rests {
  readonly firstMs: number;
  readonly longestMs: number;
  /** The part of it that chance may take off, so that those that failed together do not all come back together. */
  readonly spread: number;
}

/** How long to rest, in milliseconds: twice as long with each failure more. `random`: from 0 to 1. */
export function backOff(doublings: number, random: number, { firstMs, longestMs, spread }: Rests): number {
  return Math.round(Math.min(firstMs * 2 ** doublings, longestMs) * (1 - random * spread));
}
