import { MAX_COVERED_RANGES } from "./header.ts";
import type { CoveredRange, Header } from "./header.ts";
import { comparePositions } from "../bytes/position.ts";

/**
 * The ranges of each stream that a chain covers: `covered` of its newest header, or `{}` for an
 * empty chain.
 */
export type Covered = Header["covered"];

/** A range of one stream within one epoch. */
export interface EpochRange {
  readonly stream: string;
  readonly epoch: number;
  readonly first: string;
  readonly last: string;
}

/** A position of one stream within one epoch. */
export interface EpochPosition {
  readonly stream: string;
  readonly epoch: number;
  readonly position: string;
}

/** Returns the newest range of a stream, or undefined if the chain covers nothing of it. */
function newestRange(covered: Covered, stream: string): CoveredRange | undefined {
  return rangesOf(covered, stream).at(-1);
}

/**
 * Returns the epoch of a change that is not in the ledger yet. Positions increase within an epoch:
 * a position after the stream's newest range is of the newest epoch, any other begins the next.
 */
export function epochFor(covered: Covered, stream: string, position: string): number {
  const newest = newestRange(covered, stream);
  if (newest === undefined) return 0;
  const [epoch, , last] = newest;
  return comparePositions(position, last) > 0 ? epoch : epoch + 1;
}

/** Returns the epochs in which a position may be recorded, newest first. */
export function epochsCovering(covered: Covered, stream: string, position: string): number[] {
  const ranges = rangesOf(covered, stream);
  return ranges.toReversed().flatMap(([epoch, first, last], index) => {
    if (comparePositions(position, first) < 0 || comparePositions(position, last) > 0) return [];
    const isOldest = index === ranges.length - 1;
    // The oldest range may be a merger of several, so it stands for every epoch down to 0.
    return isOldest ? Array.from({ length: epoch + 1 }, (_, step) => epoch - step) : [epoch];
  });
}

/**
 * Whether a chain covers a stream up to this position. Once true, it stays true for every later
 * header of the chain, because coverage only grows.
 */
export function coversUpTo(covered: Covered, { stream, epoch, position }: EpochPosition): boolean {
  const newest = newestRange(covered, stream);
  if (newest === undefined) return false;
  const [newestEpoch, , last] = newest;
  return newestEpoch > epoch || (newestEpoch === epoch && comparePositions(last, position) >= 0);
}

/** Whether a batch is the first of its epoch, in an epoch after 0. */
export function beginsEpoch({ covered, stream, epoch, first_position }: Header): boolean {
  return epoch > 0 && newestRange(covered, stream)?.[1] === first_position;
}

/**
 * Returns `covered` of the header that adds this range. Requires a range that begins after the
 * stream's newest range, or that begins a new epoch.
 */
export function extendCovered(covered: Covered, { stream, epoch, first, last }: EpochRange): Covered {
  const ranges = [...rangesOf(covered, stream)];
  const newest = ranges.at(-1);
  if (newest !== undefined && newest[0] === epoch) ranges[ranges.length - 1] = [epoch, newest[1], last];
  else ranges.push([epoch, first, last]);
  const [oldest, second, ...rest] = ranges;
  const bounded = ranges.length > MAX_COVERED_RANGES && oldest && second ? [merge(oldest, second), ...rest] : ranges;
  return Object.fromEntries([...Object.entries(covered), [stream, bounded]]);
}

function merge(older: CoveredRange, newer: CoveredRange): CoveredRange {
  const first = comparePositions(older[1], newer[1]) < 0 ? older[1] : newer[1];
  const last = comparePositions(older[2], newer[2]) > 0 ? older[2] : newer[2];
  return [newer[0], first, last];
}

function rangesOf(covered: Covered, stream: string): readonly CoveredRange[] {
  return Object.hasOwn(covered, stream) ? (covered[stream] ?? []) : [];
}
