import type { ChainName } from "@etrap/proof";

/** Why a chain does not get on. */
export interface AnchorFailure {
  readonly code: string;
  readonly message: string;
  /** Failures in a row since the chain last got on. */
  readonly attempts: number;
  readonly isParked: boolean;
  /** When the first and the last of them were, in milliseconds since 1970 UTC, like `retryAt`. */
  readonly since: number;
  readonly failedAt: number;
  readonly retryAt: number;
}

/** How far a chain is anchored, as the loop found it. `newest`: −1 while the chain has no batch. */
export interface AnchorPlace {
  /** The first seq without an anchor.json. */
  readonly next: number;
  readonly newest: number;
  /** When the batch at `next` was sealed. */
  readonly oldestSealedAt: number | undefined;
}

/** One chain's batches that wait to be anchored: numbers only, however many they are. */
export interface AnchorLine {
  readonly chain: ChainName;
  /** The first seq without an anchor.json; undefined until the anchor was asked. */
  next: number | undefined;
  /** The newest seq that is known to be stored. */
  newest: number | undefined;
  /** Batches stored since the chain was opened. */
  stored: number;
  /** Whether the anchor must be asked for the chain's head before anything more is published. */
  mustAsk: boolean;
  oldestSealedAt: number | undefined;
  failure: AnchorFailure | undefined;
  /** What the anchor said against the chain, until it answers otherwise. */
  contradiction: AnchorFailure | undefined;
}

/** What waits to be anchored, for whoever watches. */
export interface AnchorStatus {
  /** Batches that are known to wait. */
  readonly pending: number;
  /** Chains of which the anchor has not told yet how far they are anchored: more may wait in them. */
  readonly unchecked: number;
  /** When the oldest of them was sealed; it may be told one batch too old. */
  readonly oldestSealedAt: number | undefined;
  readonly parked: readonly { readonly chain: ChainName; readonly code: string; readonly since: number }[];
}

/** Creates the line of a chain of which nothing is known yet. */
export function createAnchorLine(chain: ChainName): AnchorLine {
  return {
    chain,
    next: undefined,
    newest: undefined,
    stored: 0,
    mustAsk: true,
    oldestSealedAt: undefined,
    failure: undefined,
    contradiction: undefined,
  };
}

/** How many batches are known to wait. */
export function pendingIn({ next, newest, stored }: AnchorLine): number {
  return next === undefined ? stored : Math.max(0, (newest ?? -1) + 1 - next);
}

/** When there is something to do for a chain, in milliseconds since 1970 UTC; never, where nothing is. */
export function dueAtOf(line: AnchorLine): number {
  if (!line.mustAsk && pendingIn(line) === 0) return Number.POSITIVE_INFINITY;
  return line.failure?.retryAt ?? 0;
}

/** Whether there is something to do for a chain now. A failure from the future: the clock was set back, and would keep it waiting for as long. */
export function isDue(line: AnchorLine, now: number): boolean {
  return dueAtOf(line) <= now || (line.failure !== undefined && line.failure.failedAt > now);
}

/** Sums up what waits in these lines. */
export function statusOf(lines: readonly AnchorLine[]): AnchorStatus {
  const times = lines.flatMap(({ oldestSealedAt }) => oldestSealedAt ?? []);
  return {
    pending: lines.reduce((sum, line) => sum + pendingIn(line), 0),
    unchecked: lines.filter(({ next }) => next === undefined).length,
    oldestSealedAt: times.length === 0 ? undefined : Math.min(...times),
    parked: lines.flatMap(({ chain, failure }) =>
      failure?.isParked === true ? [{ chain, code: failure.code, since: failure.since }] : [],
    ),
  };
}

/** Deals `max` places out to waiting batches, one to each chain in turn: how many of each chain. */
export function shareOut(waiting: readonly number[], max: number): number[] {
  const shares = waiting.map(() => 0);
  let left = Math.min(
    max,
    waiting.reduce((sum, count) => sum + count, 0),
  );
  while (left > 0) {
    for (const [index, count] of waiting.entries()) {
      const share = shares[index] ?? 0;
      if (left === 0 || share === count) continue;
      shares[index] = share + 1;
      left -= 1;
    }
  }
  return shares;
}
