import { MAX_LEAVES } from "@etrap/proof/write";
import { BatcherError } from "./batcher-error.ts";

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
  /** No change waits longer than this, whatever the other settings say. */
  readonly forceBatchAfterMs: number;
}

export const DEFAULT_POLICY: Policy = {
  batchSize: 1000,
  maxBatchBytes: 8 << 20,
  batchTimeoutMs: 60_000,
  minBatchSize: 1,
  forceBatchAfterMs: 300_000,
};

/** One change that waits, as the policy sees it. */
export interface Waiting {
  readonly bytes: number;
  /** When it was taken in, in milliseconds. */
  readonly at: number;
}

/** How many of the oldest changes fill a batch; 0 when they do not. */
export function countFilling(waiting: readonly Waiting[], policy: Policy): number {
  let bytes = 0;
  for (const [index, change] of waiting.entries()) {
    bytes += change.bytes;
    if (bytes > policy.maxBatchBytes) return Math.max(index, 1);
    if (bytes === policy.maxBatchBytes || index + 1 === policy.batchSize) return index + 1;
  }
  return 0;
}

/** When changes that do not fill a batch are due, in milliseconds. Requires at least one. */
export function dueAt(waiting: readonly Waiting[], policy: Policy): number {
  const [oldest, newest] = [waiting[0], waiting.at(-1)];
  if (oldest === undefined || newest === undefined) return Number.POSITIVE_INFINITY;
  const forced = oldest.at + policy.forceBatchAfterMs;
  return waiting.length < policy.minBatchSize ? forced : Math.min(forced, newest.at + policy.batchTimeoutMs);
}

/** Checks a policy. Throws BAD_OPTIONS, which names every fault. */
export function checkPolicy(policy: Policy): Policy {
  const faults = [
    ...faultOf("batchSize", policy.batchSize, 1, MAX_LEAVES),
    ...faultOf("maxBatchBytes", policy.maxBatchBytes, 1, 32 << 20),
    ...faultOf("batchTimeoutMs", policy.batchTimeoutMs, 0, Number.MAX_SAFE_INTEGER),
    ...faultOf("minBatchSize", policy.minBatchSize, 1, Math.max(policy.batchSize, 1)),
    ...faultOf("forceBatchAfterMs", policy.forceBatchAfterMs, 0, Number.MAX_SAFE_INTEGER),
  ];
  if (faults.length > 0) throw new BatcherError("BAD_OPTIONS", faults.join("; "));
  return policy;
}

function faultOf(name: string, value: number, least: number, most: number): string[] {
  const fits = Number.isSafeInteger(value) && value >= least && value <= most;
  return fits ? [] : [`${name}: expected a whole number from ${least} to ${most}, got ${value}`];
}
