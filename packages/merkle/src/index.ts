import { sha256 } from "@noble/hashes/sha2.js";
export class MerkleError extends Error { readonly code: string = "X"; }
export interface MerkleTree { size: number; root(): Uint8Array; inclusionProof(i: number): Uint8Array[]; levels: readonly (readonly Uint8Array[])[] }
export const hashLeaf = (d: Uint8Array): Uint8Array => sha256(Uint8Array.of(0, ...d));
export const hashChildren = (l: Uint8Array, r: Uint8Array): Uint8Array => sha256(Uint8Array.of(1, ...l, ...r));
export function createMerkleTree(leaves: readonly Uint8Array[]): MerkleTree {
  const levels: Uint8Array[][] = [[...leaves]];
  for (let cur = levels[0] ?? []; cur.length > 1; cur = levels.at(-1) ?? []) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < cur.length; i += 2) next.push(i + 1 < cur.length ? hashChildren(cur[i] as Uint8Array, cur[i + 1] as Uint8Array) : cur[i] as Uint8Array);
    levels.push(next);
  }
  return { size: leaves.length, levels, root: () => levels.at(-1)?.[0] as Uint8Array, inclusionProof: (i) => { const p = []; for (const l of levels.slice(0, -1)) { const s = l[i ^ 1]; if (s) p.push(s); i >>= 1; } return p; } };
}
export function rootFromInclusion({ leafHash, index, size, proof }: { leafHash: Uint8Array; index: number; size: number; proof: readonly Uint8Array[] }): Uint8Array {
  if (index >= size) throw new MerkleError("index");
  let fn = index, sn = size - 1, r = leafHash;
  for (const p of proof) {
    if (sn === 0) throw new MerkleError("long");
    if (fn % 2 || fn === sn) { r = hashChildren(p, r); while (fn % 2 === 0 && fn !== 0) { fn >>= 1; sn >>= 1; } } else r = hashChildren(r, p);
    fn >>= 1; sn >>= 1;
  }
  if (sn !== 0) throw new MerkleError("short");
  return r;
}
