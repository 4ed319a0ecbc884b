import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

/** RFC 9162 §2.1.1, §2.1.3.1 and §2.1.4.1 word for word: slow, and plainly right. Everything is compared with it. */
export interface Reference {
  /** MTH(D[n]). */
  root(n: number): Uint8Array;
  /** PATH(m, D[n]). */
  path(m: number, n: number): Uint8Array[];
  /** PROOF(m, D[n]). */
  consistency(m: number, n: number): Uint8Array[];
  /** The roots of all that holds none of these leaves: level by level from the leaves, left to right. Not in the RFC. */
  multiproof(indices: readonly number[], n: number): Uint8Array[];
}

/** The reference over these leaves. It remembers each MTH, and nothing else sets it apart from the recursion. */
export function createReference(data: readonly Uint8Array[]): Reference {
  const remembered = new Map<string, Uint8Array>();
  const mth = (start: number, end: number): Uint8Array => {
    const root = remembered.get(`${start}:${end}`) ?? computeMth(start, end);
    remembered.set(`${start}:${end}`, root);
    return root;
  };
  const computeMth = (start: number, end: number): Uint8Array => {
    const [leaf] = data.slice(start, start + 1);
    if (end === start || leaf === undefined) return sha256(new Uint8Array());
    if (end - start === 1) return sha256(concatBytes(Uint8Array.of(0), leaf));
    const middle = start + split(end - start);
    return hashPair(mth(start, middle), mth(middle, end));
  };
  const path = (m: number, start: number, end: number): Uint8Array[] => {
    if (end - start === 1) return [];
    const middle = start + split(end - start);
    return m < middle ? [...path(m, start, middle), mth(middle, end)] : [...path(m, middle, end), mth(start, middle)];
  };
  const subproof = (m: number, start: number, end: number, isWhole: boolean): Uint8Array[] => {
    if (m === end) return isWhole ? [] : [mth(start, end)];
    const middle = start + split(end - start);
    return m <= middle
      ? [...subproof(m, start, middle, isWhole), mth(middle, end)]
      : [...subproof(m, middle, end, false), mth(start, middle)];
  };
  return {
    root: (n) => mth(0, n),
    path: (m, n) => path(m, 0, n),
    consistency: (m, n) => subproof(m, 0, n, true),
    multiproof: (indices, n) => gaps(indices, n).map(({ start, end }) => mth(start, end)),
  };
}

/** The root that a path leads to, by the same recursion; undefined when the path has another length than the tree needs. */
export function referenceRootFromPath(
  leafHash: Uint8Array,
  m: number,
  n: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  const top = path.at(-1);
  if (n === 1) return top === undefined ? leafHash : undefined;
  if (top === undefined) return undefined;
  const k = split(n);
  const rest = path.slice(0, -1);
  const below =
    m < k ? referenceRootFromPath(leafHash, m, k, rest) : referenceRootFromPath(leafHash, m - k, n - k, rest);
  if (below === undefined) return undefined;
  return m < k ? hashPair(below, top) : hashPair(top, below);
}

/** The two roots that a consistency proof leads to, by the same recursion; undefined when it has another length than the sizes need. */
export function referenceRootsFromProof(
  m: number,
  n: number,
  proof: readonly Uint8Array[],
  wholeRoot: Uint8Array | undefined,
): [Uint8Array, Uint8Array] | undefined {
  const top = proof.at(-1);
  const rest = proof.slice(0, -1);
  if (m === n && wholeRoot !== undefined) return top === undefined ? [wholeRoot, wholeRoot] : undefined;
  if (top === undefined) return undefined;
  if (m === n) return rest.length === 0 ? [top, top] : undefined;
  const k = split(n);
  const below =
    m <= k ? referenceRootsFromProof(m, k, rest, wholeRoot) : referenceRootsFromProof(m - k, n - k, rest, undefined);
  if (below === undefined) return undefined;
  const [first, second] = below;
  return m <= k ? [first, hashPair(second, top)] : [hashPair(top, first), hashPair(top, second)];
}

/** The root that a multiproof leads to, by the same recursion; undefined when it has another length than the leaves need. */
export function referenceRootFromMultiproof(
  leafHashes: readonly Uint8Array[],
  indices: readonly number[],
  n: number,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  const places = [...indices.map((start) => ({ start, end: start + 1 })), ...gaps(indices, n)];
  const roots = [...leafHashes, ...proof];
  if (leafHashes.length !== indices.length || places.length !== roots.length) return undefined;
  const given = new Map(places.map(({ start, end }, at) => [`${start}:${end}`, roots[at]]));
  const climb = (start: number, end: number): Uint8Array => {
    const middle = start + split(end - start);
    return given.get(`${start}:${end}`) ?? hashPair(climb(start, middle), climb(middle, end));
  };
  return climb(0, n);
}

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(1), left, right));
}

interface Gap {
  readonly start: number;
  readonly end: number;
  readonly level: number;
}

/** The largest parts of the recursion without any of these leaves, in the order of a multiproof. Requires at least one index below n. */
function gaps(indices: readonly number[], n: number): Gap[] {
  const find = (start: number, end: number): Gap[] => {
    if (end - start === 1) return [];
    const k = split(end - start);
    // The left half is a complete subtree, and its root stands on the same level as that of the right one.
    const halves: [number, number][] = [
      [start, start + k],
      [start + k, end],
    ];
    return halves.flatMap(([from, to]) =>
      indices.some((index) => from <= index && index < to)
        ? find(from, to)
        : [{ start: from, end: to, level: Math.log2(k) }],
    );
  };
  return find(0, n).toSorted((a, b) => a.level - b.level || a.start - b.start);
}
