import { backOff } from "../waiting/back-off.ts";
import { faultsOfNumber } from "../lanes/policy.ts";

/** How patient the anchor loop is. */
export interface AnchorPolicy {
  /** Batches in one call of the anchor: 1 … 100. */
  readonly maxPerCall: number;
  /** How often a chain is tried in a row before it is parked. */
  readonly maxMintRetries: number;
  /** How long after a chain's first failure it is tried again; twice as long after each further one. */
  readonly firstRetryMs: number;
  /** How long a parked chain rests; twice as long after each further failure, up to `longestParkedMs`. */
  readonly parkedRetryMs: number;
  readonly longestParkedMs: number;
  /** Batches kept in memory until their turn comes; the others are read back from the store. */
  readonly maxInMemory: number;
}

export const DEFAULT_ANCHOR_POLICY: AnchorPolicy = {
  maxPerCall: 20,
  maxMintRetries: 3,
  firstRetryMs: 1_000,
  parkedRetryMs: 300_000,
  longestParkedMs: 3_600_000,
  maxInMemory: 200,
};

/** Whether a chain is parked after so many failures in a row. */
export function isParkedAfter(attempts: number, { maxMintRetries }: AnchorPolicy): boolean {
  return attempts >= maxMintRetries;
}

/**
 * How long a chain rests after its `attempts`-th failure in a row, in milliseconds. `random`, from 0 to 1, takes up to a fifth of it off, so that
 * chains and agents that failed together do not come back together.
 */
export function restAfter(attempts: number, code: string, random: number, policy: AnchorPolicy): number {
  const parkings = attempts - policy.maxMintRetries;
  // An anchor that is away comes back for all chains at once: resting longer each time would only lengthen the outage.
  const doublings = parkings < 0 ? attempts - 1 : code === "UNAVAILABLE" ? 0 : parkings;
  const [firstMs, longestMs] =
    parkings < 0 ? [policy.firstRetryMs, policy.parkedRetryMs] : [policy.parkedRetryMs, policy.longestParkedMs];
  return backOff(doublings, random, { firstMs, longestMs, spread: 1 / 5 });
}

/** Every fault of a policy. */
export function faultsOfAnchorPolicy(policy: AnchorPolicy): string[] {
  const most = Number.MAX_SAFE_INTEGER;
  return [
    ...faultsOfNumber("maxPerCall", policy.maxPerCall, 1, 100),
    ...faultsOfNumber("maxMintRetries", policy.maxMintRetries, 1, 1_000),
    ...faultsOfNumber("firstRetryMs", policy.firstRetryMs, 1, most),
    ...faultsOfNumber("parkedRetryMs", policy.parkedRetryMs, 1, most),
    ...faultsOfNumber("longestParkedMs", policy.longestParkedMs, policy.parkedRetryMs, most),
    ...faultsOfNumber("maxInMemory", policy.maxInMemory, 0, 10_000),
  ];
}
