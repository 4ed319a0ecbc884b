import { checkHashes, checkIndices, checkLength } from "./arguments.ts";
import { hashChildren } from "./hash.ts";
import { equalHashes } from "./equal-hashes.ts";
import { MerkleError } from "./merkle-error.ts";

/** The known and the missing nodes at one level of a tree when several leaves are proved. */
interface LevelPlan {
  /** Indices of the nodes that the verifier has or can compute, ascending. */
  readonly known: readonly number[];
  /** Indices of the siblings that the verifier cannot compute, which the proof holds. */
  readonly missing: readonly number[];
  /** Number of nodes in the level. */
  readonly width: number;
}

/**
 * Returns the nodes that a multiproof needs, level by level from the leaves. Requires ascending
 * indices below `size`.
 */
export function multiproofPlan(indices: readonly number[], size: number): LevelPlan[] {
  const plan: LevelPlan[] = [];
  let known = [...indices];
  for (let width = size; width > 1; width = Math.ceil(width / 2)) {
    const isKnown = new Set(known);
    const missing = known.map((index) => siblingOf(index)).filter((index) => index < width && !isKnown.has(index));
    plan.push({ known, missing, width });
    known = [...new Set(known.map((index) => Math.floor(index / 2)))];
  }
  return plan;
}

/** Several leaves, and the proof of their inclusion in a tree. */
export interface Multiproof {
  /** Hashes of the leaves, in the order of `indices`. */
  readonly leafHashes: readonly Uint8Array[];
  /** Positions of the leaves in the tree, ascending without repetition. */
  readonly indices: readonly number[];
  /** Number of leaves of the tree. */
  readonly size: number;
  /** The nodes that cannot be computed, level by level from the leaves, left to right. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/**
 * Verifies that several leaves are in the tree with this root. Throws BAD_SIZE, BAD_INDEX,
 * BAD_HASH, BAD_PROOF_LENGTH or ROOT_MISMATCH.
 */
export function verifyMultiproof({ leafHashes, indices, size, proof, root }: Multiproof): void {
  checkIndices(indices, size);
  checkLength("leafHashes", leafHashes, indices.length);
  const plan = multiproofPlan(indices, size);
  checkLength(
    "proof",
    proof,
    plan.reduce((sum, { missing }) => sum + missing.length, 0),
  );
  checkHashes("leafHashes", leafHashes);
  checkHashes("root", [root]);
  if (!equalHashes(climb(plan, leafHashes, proof), root)) {
    throw new MerkleError("ROOT_MISMATCH", "the leaves and their proof lead to a root other than the expected one");
  }
}

/** Computes the root from the leaf hashes and the proof, level by level. */
function climb(
  plan: readonly LevelPlan[],
  leafHashes: readonly Uint8Array[],
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  let hashes = leafHashes;
  let used = 0;
  for (const { known, missing, width } of plan) {
    const nodes = new Map(known.map((index, at) => [index, hashes[at]]));
    for (const index of missing) nodes.set(index, proof[used++]);
    hashes = [...new Set(known.map((index) => Math.floor(index / 2)))].flatMap((parent) => {
      const [left, right] = [nodes.get(parent * 2), nodes.get(parent * 2 + 1)];
      // The last node of an odd level is carried up.
      if (parent * 2 + 1 >= width) return left ?? [];
      return left === undefined || right === undefined ? [] : hashChildren(left, right);
    });
  }
  return hashes[0];
}

function siblingOf(index: number): number {
  return index % 2 === 0 ? index + 1 : index - 1;
}
