import type { Consistency } from "../consistency.ts";
import type { Inclusion } from "../inclusion.ts";
import type { MerkleErrorCode } from "../merkle-error.ts";
import type { Multiproof } from "../multiproof.ts";
import { referenceRootFromMultiproof, referenceRootFromPath, referenceRootsFromProof } from "./reference.ts";

/** The code that a proof is refused with, as the reference sees it; null where it is accepted. */
type Verdict = MerkleErrorCode | null;

/** What `verifyInclusion` says. */
export function inclusionVerdict(inclusion: Inclusion & { readonly root: Uint8Array }): Verdict {
  const { leafHash, index, size, proof, root } = inclusion;
  if (!isSize(size)) return "BAD_SIZE";
  if (!isIndex(index, size)) return "BAD_INDEX";
  if (![leafHash, root, ...proof].every(isHash)) return "BAD_HASH";
  const reached = referenceRootFromPath(leafHash, index, size, proof);
  return reached === undefined ? "BAD_PROOF_LENGTH" : compare([reached, root]);
}

/** What `verifyConsistency` says. */
export function consistencyVerdict({ size1, size2, root1, root2, proof }: Consistency): Verdict {
  if (!isSize(size1) || !isSize(size2) || size1 > size2) return "BAD_SIZE";
  if (![root1, root2, ...proof].every(isHash)) return "BAD_HASH";
  const reached = referenceRootsFromProof(size1, size2, proof, root1);
  return reached === undefined ? "BAD_PROOF_LENGTH" : compare([reached[0], root1], [reached[1], root2]);
}

/** What `verifyMultiproof` says. */
export function multiproofVerdict({ leafHashes, indices, size, proof, root }: Multiproof): Verdict {
  if (!isSize(size)) return "BAD_SIZE";
  const ascend = indices.every((index, at) => at === 0 || index > (indices[at - 1] ?? index));
  if (indices.length === 0 || !ascend || !indices.every((index) => isIndex(index, size))) return "BAD_INDEX";
  if (![...leafHashes, ...proof, root].every(isHash)) return "BAD_HASH";
  const reached = referenceRootFromMultiproof(leafHashes, indices, size, proof);
  return reached === undefined ? "BAD_PROOF_LENGTH" : compare([reached, root]);
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 1;
}

function isIndex(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && index >= 0 && index < size;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === 32;
}

function compare(...pairs: readonly [Uint8Array, Uint8Array][]): Verdict {
  return pairs.every(([a, b]) => String(a) === String(b)) ? null : "ROOT_MISMATCH";
}
