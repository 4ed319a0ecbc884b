import { numberProblems } from "./option-problem.ts";
import type { OptionProblem } from "./option-problem.ts";

/**
 * The limits of anchoring: how much is published at once, and when a failed chain is tried again.
 */
export interface AnchorPolicy {
  /**
   * Where the anchoring of a chain begins of which the anchor holds nothing: with its newest batch,
   * or that of this run that was stored first (`now`), or with its first batch (`beginning`). The
   * headers cover batches that are left out.
   */
  readonly anchorFrom: "now" | "beginning";
  /** The largest number of batches in one call to the anchor: 1 … 100. */
  readonly maxPerCall: number;
  /**
   * The number of failures in a row from which on a chain is parked. A parked chain is reported as
   * such, and is tried again like any other.
   */
  readonly maxMintRetries: number;
  /**
   * The wait after the first failure, in milliseconds. It doubles with each further one, up to
   * `longestRetryMs`.
   */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /**
   * The largest number of batches kept in memory until they are published. The others are read back
   * from the store.
   */
  readonly maxInMemory: number;
}

/** The default of each member. */
export const DEFAULT_ANCHOR_POLICY: AnchorPolicy = {
  anchorFrom: "now",
  maxPerCall: 20,
  maxMintRetries: 3,
  firstRetryMs: 1_000,
  longestRetryMs: 300_000,
  maxInMemory: 200,
};

/** Returns every problem of an anchor policy. */
export function anchorPolicyProblems(policy: AnchorPolicy): OptionProblem[] {
  const most = Number.MAX_SAFE_INTEGER;
  return [
    ...anchorFromProblems(policy.anchorFrom),
    ...numberProblems("anchorPolicy.maxPerCall", policy.maxPerCall, { least: 1, most: 100 }),
    ...numberProblems("anchorPolicy.maxMintRetries", policy.maxMintRetries, { least: 1, most: 1_000 }),
    ...numberProblems("anchorPolicy.firstRetryMs", policy.firstRetryMs, { least: 1, most }),
    ...numberProblems("anchorPolicy.longestRetryMs", policy.longestRetryMs, { least: policy.firstRetryMs, most }),
    ...numberProblems("anchorPolicy.maxInMemory", policy.maxInMemory, { least: 0, most: 10_000 }),
  ];
}

function anchorFromProblems(anchorFrom: string): OptionProblem[] {
  if (anchorFrom === "now" || anchorFrom === "beginning") return [];
  return [{ member: "anchorPolicy.anchorFrom", expected: "now or beginning" }];
}
