import type { CoveredRange, Header } from "./header.ts";
import { MAX_COVERED_RANGES } from "./header.ts";
import { comparePositions } from "./position.ts";

/** What a chain's batches hold of each stream: `covered` of the newest header, `{}` before the first. */
export type Covered = Header["covered"];

/** A stretch of one stream, within one epoch. */
export interface Stretch {
  readonly stream: string;
  readonly epoch: number;
  readonly first: string;
  readonly last: string;
}

/** A position of one stream, within one epoch. */
export interface Point {
  readonly stream: string;
  readonly epoch: number;
  readonly position: string;
}

/** The newest range of a stream, undefined when the chain holds nothing of it. */
function newestRange(covered: Covered, stream: string): CoveredRange | undefined {
  return rangesOf(covered, stream).at(-1);
}

/**
 * The epoch of a change that is not in the record yet: the stream's newest one when the position lies after all of it, else one more,
 * since within an epoch positions increase.
 */
export function epochFor(covered: Covered, stream: string, position: string): number {
  const newest = newestRange(covered, stream);
  if (newest === undefined) return 0;
  const [epoch, , last] = newest;
  return comparePositions(position, last) > 0 ? epoch : epoch + 1;
}

/** The epochs in which a position may be recorded, newest first. */
export function epochsCovering(covered: Covered, stream: string, position: string): number[] {
  const ranges = rangesOf(covered, stream);
  return ranges.toReversed().flatMap(([epoch, first, last], index) => {
    if (comparePositions(position, first) < 0 || comparePositions(position, last) > 0) return [];
    const isOldest = index === ranges.length - 1;
    // The oldest range may be several merged ones: every epoch down to 0.
    return isOldest ? Array.from({ length: epoch + 1 }, (_, step) => epoch - step) : [epoch];
  });
}

/** Whether what is covered goes as far as this point. Once it does, it does for the rest of the chain: what is covered of a stream only grows. */
export function reaches(covered: Covered, { stream, epoch, position }: Point): boolean {
  const newest = newestRange(covered, stream);
  if (newest === undefined) return false;
  const [newestEpoch, , last] = newest;
  return newestEpoch > epoch || (newestEpoch === epoch && comparePositions(last, position) >= 0);
}

/** Whether this batch is the first of its stream's epoch, and not of the first. */
export function beginsEpoch({ covered, stream, epoch, first_position }: Header): boolean {
  return epoch > 0 && newestRange(covered, stream)?.[1] === first_position;
}

/** `covered` of the header that adds this stretch. Requires that the stretch begins after the stream's newest range, or a new epoch. */
export function extendCovered(covered: Covered, { stream, epoch, first, last }: Stretch): Covered {
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
