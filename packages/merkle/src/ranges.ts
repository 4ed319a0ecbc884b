import { emptyRoot, hashChildren } from "./hash.ts";

/** All levels of a tree: the leaf hashes first, the root last. */
export type Levels = readonly (readonly Uint8Array[])[];

/** The leaves from index `start` up to, but not including, `end`. RFC 9162 writes D[start:end]. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Returns the root over a range of leaves, MTH(D[start:end]) of RFC 9162 §2.1.1. Requires a range
 * that the RFC's recursion reaches. Every complete subtree of such a range is a node of some level,
 * so only the nodes along the right edge are hashed.
 */
export function rootOfRange(levels: Levels, range: LeafRange): Uint8Array {
  const size = range.end - range.start;
  if (size === 0) return emptyRoot();
  const level = Math.log2(size);
  const node = Number.isInteger(level) ? levels[level]?.[range.start / size] : undefined;
  if (node !== undefined) return node;
  const [left, right] = halvesOf(range);
  return hashChildren(rootOfRange(levels, left), rootOfRange(levels, right));
}

/** Returns the inclusion proof PATH(index, D[start:end]) of RFC 9162 §2.1.3.1. */
export function pathInRange(levels: Levels, index: number, range: LeafRange): Uint8Array[] {
  if (range.end - range.start === 1) return [];
  const [left, right] = halvesOf(range);
  return index < right.start
    ? [...pathInRange(levels, index, left), rootOfRange(levels, right)]
    : [...pathInRange(levels, index, right), rootOfRange(levels, left)];
}

/**
 * Returns SUBPROOF(m, D[start:end], b) of RFC 9162 §2.1.4.1, with `m` counted from the first leaf
 * of the whole tree. The flag b is true exactly for the ranges that start at leaf 0.
 */
export function subproof(levels: Levels, m: number, range: LeafRange): Uint8Array[] {
  if (m === range.end) return range.start === 0 ? [] : [rootOfRange(levels, range)];
  const [left, right] = halvesOf(range);
  return m <= right.start
    ? [...subproof(levels, m, left), rootOfRange(levels, right)]
    : [...subproof(levels, m, right), rootOfRange(levels, left)];
}

/**
 * Splits a range after its first k leaves, where k is the largest power of two smaller than the
 * size of the range (RFC 9162 §2.1.1). Requires a range of at least two leaves.
 */
function halvesOf({ start, end }: LeafRange): [left: LeafRange, right: LeafRange] {
  let k = 1;
  while (k * 2 < end - start) k *= 2;
  return [
    { start, end: start + k },
    { start: start + k, end },
  ];
}
