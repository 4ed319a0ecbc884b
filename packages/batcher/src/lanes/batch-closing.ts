import type { Policy } from "../options/policy.ts";

/** The size and age of an open batch. */
export interface OpenBatch {
  readonly count: number;
  readonly bytes: number;
  /** The arrival time of its first change, in milliseconds since 1970 UTC. */
  readonly oldestAt: number;
  /** The arrival time of its last change. */
  readonly newestAt: number;
}

/** Whether an open batch must close before it takes a change of this many bytes. */
export function closesBefore({ count, bytes }: OpenBatch, more: number, policy: Policy): boolean {
  return count > 0 && bytes + more > policy.maxBatchBytes;
}

/** Whether a batch is full. */
export function isFull({ count, bytes }: OpenBatch, policy: Policy): boolean {
  return count >= policy.batchSize || bytes >= policy.maxBatchBytes;
}

/**
 * Returns when a batch that does not fill up is due, in milliseconds since 1970 UTC. Requires at
 * least one change in it.
 */
export function dueAt({ count, oldestAt, newestAt }: OpenBatch, policy: Policy): number {
  const forced = oldestAt + policy.forceBatchAfterMs;
  return count < policy.minBatchSize ? forced : Math.min(forced, newestAt + policy.batchTimeoutMs);
}
