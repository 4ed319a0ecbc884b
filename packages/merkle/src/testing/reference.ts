import { sha256 } from "@noble/hashes/sha2.js";

/** RFC 9162 §2.1.1 and §2.1.3.1 word for word: slow, and plainly right. Everything is compared with it. */
const hash = (...parts: readonly Uint8Array[]): Uint8Array =>
  sha256(Uint8Array.from(parts.flatMap((part) => [...part])));

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** MTH(D[n]). */
export function referenceRoot(data: readonly Uint8Array[]): Uint8Array {
  const [only] = data;
  if (only === undefined) return hash();
  if (data.length === 1) return hash(Uint8Array.of(0), only);
  const k = split(data.length);
  return hash(Uint8Array.of(1), referenceRoot(data.slice(0, k)), referenceRoot(data.slice(k)));
}

/** PATH(m, D[n]). */
export function referencePath(m: number, data: readonly Uint8Array[]): Uint8Array[] {
  if (data.length === 1) return [];
  const k = split(data.length);
  return m < k
    ? [...referencePath(m, data.slice(0, k)), referenceRoot(data.slice(k))]
    : [...referencePath(m - k, data.slice(k)), referenceRoot(data.slice(0, k))];
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
  return m < k ? hash(Uint8Array.of(1), below, top) : hash(Uint8Array.of(1), top, below);
}

/** SUBPROOF(m, D[n], b) and PROOF(m, D[n]) of RFC 9162 §2.1.4.1. */
export function referenceConsistency(m: number, data: readonly Uint8Array[], isWhole = true): Uint8Array[] {
  if (m === data.length) return isWhole ? [] : [referenceRoot(data)];
  const k = split(data.length);
  return m <= k
    ? [...referenceConsistency(m, data.slice(0, k), isWhole), referenceRoot(data.slice(k))]
    : [...referenceConsistency(m - k, data.slice(k), false), referenceRoot(data.slice(0, k))];
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
  return m <= k
    ? [first, hash(Uint8Array.of(1), second, top)]
    : [hash(Uint8Array.of(1), top, first), hash(Uint8Array.of(1), top, second)];
}
