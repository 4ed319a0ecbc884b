import { emptyRoot, hashChildren } from "./hash.ts";

/** Every level of a tree, from the leaf hashes up. */
export type Levels = readonly (readonly Uint8Array[])[];

/** The largest power of two smaller than `size` (RFC 9162 §2.1.1: k). Requires size > 1. */
function splitPoint(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/**
 * The root over the leaves from `start` up to `end`, MTH(D[start:end]) of RFC 9162. Requires a range that the RFC's recursion meets, so that a
 * complete part of it is a node of some level: nothing is hashed but the right edge.
 */
export function rootOfRange(levels: Levels, start: number, end: number): Uint8Array {
  const size = end - start;
  if (size === 0) return emptyRoot();
  const level = Math.log2(size);
  const node = Number.isInteger(level) ? levels[level]?.[start / size] : undefined;
  if (node !== undefined) return node;
  const middle = start + splitPoint(size);
  return hashChildren(rootOfRange(levels, start, middle), rootOfRange(levels, middle, end));
}

/** PATH(index, D[start:end]) of RFC 9162 §2.1.3.1. */
export function pathInRange(levels: Levels, index: number, start: number, end: number): Uint8Array[] {
  if (end - start === 1) return [];
  const middle = start + splitPoint(end - start);
  return index < middle
    ? [...pathInRange(levels, index, start, middle), rootOfRange(levels, middle, end)]
    : [...pathInRange(levels, index, middle, end), rootOfRange(levels, start, middle)];
}

/** SUBPROOF(m, D[start:end], isWhole) of RFC 9162 §2.1.4.1, with `m` counted from the tree's first leaf. */
export function subproof(levels: Levels, m: number, start: number, end: number, isWhole = true): Uint8Array[] {
  if (m === end) return isWhole ? [] : [rootOfRange(levels, start, end)];
  const middle = start + splitPoint(end - start);
  return m <= middle
    ? [...subproof(levels, m, start, middle, isWhole), rootOfRange(levels, middle, end)]
    : [...subproof(levels, m, middle, end, false), rootOfRange(levels, start, middle)];
}
