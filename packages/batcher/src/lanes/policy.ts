import { MAX_LEAVES } from "@etrap/proof/write";

/** When a table's batch closes. */
export interface Policy {
  /** Changes that fill a batch: 1 … 100,000. */
  readonly batchSize: number;
  /** Bytes that fill a batch, as received. One larger change makes a batch by itself. */
  readonly maxBatchBytes: number;
  /** Quiet time: how long after its last change a batch of at least `minBatchSize` closes. */
  readonly batchTimeoutMs: number;
  /** Changes below which quiet time does not close a batch: 1 … batchSize. */
  readonly minBatchSize: number;
  /** No change waits longer than this, whatever the other settings say. 0: every change goes at once (`force_immediate`). */
  readonly forceBatchAfterMs: number;
}

export const DEFAULT_POLICY: Policy = {
  batchSize: 1000,
  maxBatchBytes: 8 << 20,
  batchTimeoutMs: 60_000,
  minBatchSize: 1,
  forceBatchAfterMs: 300_000,
};

/** A batch that is still open, as the policy sees it. */
export interface OpenBatch {
  readonly count: number;
  readonly bytes: number;
  /** When its first and its last change were taken in, in milliseconds. */
  readonly oldestAt: number;
  readonly newestAt: number;
}

/** Whether an open batch must close before it takes a change of so many bytes. */
export function closesBefore({ count, bytes }: OpenBatch, more: number, policy: Policy): boolean {
  return count > 0 && bytes + more > policy.maxBatchBytes;
}

/** Whether a batch takes no change more. */
export function isFull({ count, bytes }: OpenBatch, policy: Policy): boolean {
  return count >= policy.batchSize || bytes >= policy.maxBatchBytes;
}

/** When a batch that does not fill up is due, in milliseconds. Requires a change in it. */
export function dueAt({ count, oldestAt, newestAt }: OpenBatch, policy: Policy): number {
  const forced = oldestAt + policy.forceBatchAfterMs;
  return count < policy.minBatchSize ? forced : Math.min(forced, newestAt + policy.batchTimeoutMs);
}

/** Every fault of a policy. */
export function faultsOfPolicy(policy: Policy): string[] {
  return [
    ...faultsOfNumber("batchSize", policy.batchSize, 1, MAX_LEAVES),
    ...faultsOfNumber("maxBatchBytes", policy.maxBatchBytes, 1, 32 << 20),
    ...faultsOfNumber("batchTimeoutMs", policy.batchTimeoutMs, 0, Number.MAX_SAFE_INTEGER),
    ...faultsOfNumber("minBatchSize", policy.minBatchSize, 1, Math.max(policy.batchSize, 1)),
    ...faultsOfNumber("forceBatchAfterMs", policy.forceBatchAfterMs, 0, Number.MAX_SAFE_INTEGER),
  ];
}

/** The fault of a number that is not whole or out of its range, if it is one. */
export function faultsOfNumber(name: string, value: number, least: number, most: number): string[] {
  const fits = Number.isSafeInteger(value) && value >= least && value <= most;
  return fits ? [] : [`${name}: expected a whole number from ${least} to ${most}, got ${value}`];
}
