import type { AnchorPolicy } from "../options/anchor-policy.ts";
import { backOff } from "../wait/back-off.ts";

/** The newest failure of a chain. */
export interface FailedAttempt {
  /** The number of failures in a row: 1, 2 … */
  readonly attempts: number;
  readonly code: string;
}

/** Whether a chain is parked after this many failures in a row. */
export function isParkedAfter(attempts: number, { maxMintRetries }: AnchorPolicy): boolean {
  return attempts >= maxMintRetries;
}

/**
 * Returns how long a chain waits after a failure, in milliseconds. `random`, from 0 to 1, takes up
 * to a fifth off, so that chains and agents that failed together do not try again together.
 */
export function retryDelay({ attempts, code }: FailedAttempt, random: number, policy: AnchorPolicy): number {
  const parkings = attempts - policy.maxMintRetries;
  // An anchor that is away returns for all chains at once. A longer wait would only lengthen the
  // outage.
  const doublings = parkings < 0 ? attempts - 1 : code === "UNAVAILABLE" ? 0 : parkings;
  const [firstMs, longestMs] =
    parkings < 0 ? [policy.firstRetryMs, policy.parkedRetryMs] : [policy.parkedRetryMs, policy.longestParkedMs];
  return backOff(doublings, random, { firstMs, longestMs, spread: 1 / 5 });
}
