import type { ChainName } from "@etrap/proof";
import { pendingIn } from "./anchor-line.ts";
import type { AnchorLine } from "./anchor-line.ts";

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
