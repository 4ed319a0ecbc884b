import { checkHashes, checkIndex } from "./arguments.ts";
import { emptyRoot, hashChildren } from "./hash.ts";

/** A Merkle tree over leaf hashes (RFC 9162 §2.1), every node of it in memory. */
export interface MerkleTree {
  /** Number of leaves. */
  readonly size: number;
  /** The leaf hashes, then each level of nodes above; the last level is the root alone. `[[]]` without leaves. */
  readonly levels: readonly (readonly Uint8Array[])[];
  /** The tree's root, 32 bytes. */
  root(): Uint8Array;
  /** The inclusion proof of a leaf: sibling hashes from the leaf up (RFC 9162 §2.1.3). Throws BAD_INDEX or BAD_SIZE. */
  inclusionProof(index: number): Uint8Array[];
}

/** Builds a tree over leaf hashes, as `hashLeaf` makes them. Throws BAD_HASH. The hashes are kept, not copied. */
export function createMerkleTree(leafHashes: readonly Uint8Array[]): MerkleTree {
  checkHashes("leafHashes", leafHashes);
  const levels = buildLevels(leafHashes);
  return {
    size: leafHashes.length,
    levels,
    root: () => levels.at(-1)?.[0]?.slice() ?? emptyRoot(),
    inclusionProof(index) {
      checkIndex(index, leafHashes.length);
      return siblings(levels, index);
    },
  };
}

/**
 * Level by level, each pair under one node, an odd last one carried up as it is. That is the RFC's split at the largest power of two: every
 * complete subtree of 2ᵏ leaves is a node of level k, and what is left over joins where the split puts it.
 */
function buildLevels(leafHashes: readonly Uint8Array[]): Uint8Array[][] {
  const levels = [[...leafHashes]];
  for (let level = levels[0]; level !== undefined && level.length > 1; level = levels.at(-1))
    levels.push(parentsOf(level));
  return levels;
}

function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const [left, right] = [level[index], level[index + 1]];
    if (left !== undefined) parents.push(right === undefined ? left : hashChildren(left, right));
  }
  return parents;
}

/** The sibling at each level; a node that was carried up has none there. */
function siblings(levels: readonly (readonly Uint8Array[])[], index: number): Uint8Array[] {
  const proof: Uint8Array[] = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) proof.push(sibling);
    at = Math.floor(at / 2);
  }
  return proof;
}
