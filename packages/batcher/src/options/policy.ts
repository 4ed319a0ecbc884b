import { MAX_LEAVES } from "@etrap/proof/write";
import { numberProblems } from "./option-problem.ts";
import type { OptionProblem } from "./option-problem.ts";

/** The conditions under which the batch of a table closes. Times are in milliseconds. */
export interface Policy {
  /** The number of changes that fill a batch: 1 … 100,000. */
  readonly batchSize: number;
  /**
   * The number of bytes that fill a batch, as received. A larger change makes a batch of its own.
   */
  readonly maxBatchBytes: number;
  /** The quiet time after which a batch of at least `minBatchSize` changes closes. */
  readonly batchTimeoutMs: number;
  /** The number of changes below which quiet time does not close a batch: 1 … batchSize. */
  readonly minBatchSize: number;
  /**
   * The longest wait of any change, whatever the other members say. With 0, every change is due at
   * once (`force_immediate`).
   */
  readonly forceBatchAfterMs: number;
}

/** The default of each member. */
export const DEFAULT_POLICY: Policy = {
  batchSize: 1000,
  maxBatchBytes: 8 << 20,
  batchTimeoutMs: 60_000,
  minBatchSize: 1,
  forceBatchAfterMs: 300_000,
};

/**
 * Returns every problem of a policy. `path` is the path of the policy itself. `minBatchSize` is
 * compared with `batchSize` only where that one is in its range.
 */
export function policyProblems(policy: Policy, path = "policy"): OptionProblem[] {
  const most = Number.MAX_SAFE_INTEGER;
  const sizeProblems = numberProblems(`${path}.batchSize`, policy.batchSize, { least: 1, most: MAX_LEAVES });
  const mostOfMin = sizeProblems.length > 0 ? MAX_LEAVES : policy.batchSize;
  return [
    ...sizeProblems,
    ...numberProblems(`${path}.maxBatchBytes`, policy.maxBatchBytes, { least: 1, most: 32 << 20 }),
    ...numberProblems(`${path}.batchTimeoutMs`, policy.batchTimeoutMs, { least: 0, most }),
    ...numberProblems(`${path}.minBatchSize`, policy.minBatchSize, { least: 1, most: mostOfMin }),
    ...numberProblems(`${path}.forceBatchAfterMs`, policy.forceBatchAfterMs, { least: 0, most }),
  ];
}
