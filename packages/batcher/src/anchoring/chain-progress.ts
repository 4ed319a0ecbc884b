import type { ChainName } from "@etrap/ledger";

/** The newest failure to anchor a chain. Times are in milliseconds since 1970 UTC. */
export interface AnchorFailure {
  readonly code: string;
  readonly message: string;
  /** The number of failures in a row, since a batch of the chain was last anchored. */
  readonly attempts: number;
  readonly isParked: boolean;
  /** The time of the first failure in this row. */
  readonly since: number;
  /** The time of this failure. */
  readonly failedAt: number;
  /** The time of the next attempt. */
  readonly retryAt: number;
}

/**
 * The place where the anchoring of a chain continues. `newest` is −1 while the chain has no batch.
 */
export interface AnchorPlace {
  /** The first seq without an anchor.json. */
  readonly next: number;
  readonly newest: number;
  /** Whether the anchor holds nothing of the chain, which then begins at `next`. */
  readonly begins: boolean;
  /** The sealing time of the batch at `next`. Undefined where no batch waits. */
  readonly oldestSealedAt: number | undefined;
}

/** The anchoring progress of one chain. It holds numbers only, however many batches wait. */
export interface ChainProgress {
  readonly chain: ChainName;
  /** The first seq without an anchor.json. Undefined until the anchor was asked. */
  next: number | undefined;
  /** The newest seq that is known to be stored. */
  newest: number | undefined;
  /** The number of batches stored since the chain was opened. */
  stored: number;
  /** Whether the anchor must be asked for the chain's head before anything more is published. */
  mustAsk: boolean;
  /**
   * Whether the anchor held nothing of the chain when it was asked, so that it begins at `next`.
   */
  begins: boolean;
  oldestSealedAt: number | undefined;
  failure: AnchorFailure | undefined;
}

/** The batches that wait to be anchored. */
export interface AnchorStatus {
  /** The number of batches that are known to wait. */
  readonly pending: number;
  /**
   * The number of chains whose head the anchor has not given yet. More batches may wait in them.
   */
  readonly unchecked: number;
  /** The sealing time of the oldest waiting batch, or of the batch before it. */
  readonly oldestSealedAt: number | undefined;
  readonly parked: readonly { readonly chain: ChainName; readonly code: string; readonly since: number }[];
}

/** Creates the progress of a chain of which nothing is known yet. */
export function createChainProgress(chain: ChainName): ChainProgress {
  return {
    chain,
    next: undefined,
    newest: undefined,
    stored: 0,
    mustAsk: true,
    begins: false,
    oldestSealedAt: undefined,
    failure: undefined,
  };
}

/** Returns how many batches of a chain are known to wait. */
export function pendingIn({ next, newest, stored }: ChainProgress): number {
  return next === undefined ? stored : Math.max(0, (newest ?? -1) + 1 - next);
}

/**
 * Returns when a chain is due, in milliseconds since 1970 UTC. Infinity where there is nothing to
 * do.
 */
export function dueAtOf(progress: ChainProgress): number {
  if (!progress.mustAsk && pendingIn(progress) === 0) return Number.POSITIVE_INFINITY;
  return progress.failure?.retryAt ?? 0;
}

/**
 * Whether a chain is due. A failure that lies in the future means that the clock was set back,
 * which must not make the chain wait longer.
 */
export function isDue(progress: ChainProgress, now: number): boolean {
  return dueAtOf(progress) <= now || (progress.failure !== undefined && progress.failure.failedAt > now);
}

/** Sums up the batches that wait in these chains. */
export function statusOf(chains: readonly ChainProgress[]): AnchorStatus {
  const times = chains.flatMap(({ oldestSealedAt }) => oldestSealedAt ?? []);
  return {
    pending: chains.reduce((sum, chain) => sum + pendingIn(chain), 0),
    unchecked: chains.filter(({ next }) => next === undefined).length,
    oldestSealedAt: times.length === 0 ? undefined : Math.min(...times),
    parked: chains.flatMap(({ chain, failure }) =>
      failure?.isParked === true ? [{ chain, code: failure.code, since: failure.since }] : [],
    ),
  };
}
