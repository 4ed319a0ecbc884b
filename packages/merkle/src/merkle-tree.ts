import { checkHashes, checkIndex, checkIndices, checkSizes } from "./arguments.ts";
import { createNodeHasher } from "./hash.ts";
import type { Hash, hashChildren } from "./hash.ts";
import { multiproofPlan } from "./multiproof.ts";
import { pathInRange, rootOfRange, subproof } from "./ranges.ts";
import type { Levels } from "./ranges.ts";

/**
 * A Merkle tree over leaf hashes (RFC 9162 §2.1) that keeps all its nodes in memory. Every optional
 * `size` defaults to the size of the whole tree.
 */
export interface MerkleTree {
  /** Number of leaves. */
  readonly size: number;
  /**
   * The leaf hashes, then each level of nodes above them. The last level is the root alone. A tree
   * without leaves has `[[]]`.
   */
  readonly levels: Levels;
  /** Returns the root over the first `size` leaves, 32 bytes. Throws BAD_SIZE. */
  root(size?: number): Uint8Array;
  /**
   * Returns the inclusion proof of a leaf among the first `size` leaves: the sibling hashes from
   * the leaf up (RFC 9162 §2.1.3). Throws BAD_INDEX or BAD_SIZE.
   */
  inclusionProof(index: number, size?: number): Uint8Array[];
  /**
   * Returns the proof that the tree over the first `size1` leaves is the beginning of the tree over
   * the first `size2` (RFC 9162 §2.1.4). Throws BAD_SIZE unless 1 ≤ size1 ≤ size2 ≤ size.
   */
  consistencyProof(size1: number, size2?: number): Uint8Array[];
  /**
   * Returns the proof of several leaves at once: the nodes that a verifier cannot compute, level by
   * level from the leaves, left to right. Throws BAD_INDEX, or BAD_SIZE for a tree without leaves.
   */
  multiproof(indices: readonly number[]): Uint8Array[];
}

/** Options of `createMerkleTree` and `createRootBuilder`. */
export interface MerkleTreeOptions {
  /** An implementation of SHA-256 that is faster on this platform than the default. */
  readonly hash?: Hash;
}

/**
 * Builds a tree over leaf hashes as `hashLeaf` returns them. The tree keeps the hashes without
 * copying them. Throws BAD_HASH, or NOT_SHA256 if `hash` is another function.
 */
export function createMerkleTree(leafHashes: readonly Uint8Array[], { hash }: MerkleTreeOptions = {}): MerkleTree {
  checkHashes("leafHashes", leafHashes);
  const levels = buildLevels(leafHashes, hash);
  const all = leafHashes.length;
  return {
    size: all,
    levels,
    root(size = all) {
      checkSizes(0, size, all);
      return new Uint8Array(rootOfRange(levels, { start: 0, end: size }));
    },
    inclusionProof(index, size = all) {
      checkSizes(0, size, all);
      checkIndex(index, size);
      return copiesOf(size === all ? siblings(levels, index) : pathInRange(levels, index, { start: 0, end: size }));
    },
    consistencyProof(size1, size2 = all) {
      checkSizes(1, size1, size2);
      checkSizes(1, size2, all);
      return copiesOf(subproof(levels, size1, { start: 0, end: size2 }));
    },
    multiproof(indices) {
      checkIndices(indices, all);
      const nodes = multiproofPlan(indices, all).flatMap(({ missing }, level) =>
        missing.flatMap((index) => levels[level]?.[index] ?? []),
      );
      return copiesOf(nodes);
    },
  };
}

/**
 * Builds the tree level by level. Each pair of nodes gets a parent, and an odd last node is carried
 * up unchanged. The result equals the RFC's recursive split at the largest power of two: every
 * complete subtree of 2ᵏ leaves is a node of level k, and the nodes carried up join at the split.
 */
function buildLevels(leafHashes: readonly Uint8Array[], hash: Hash | undefined): Uint8Array[][] {
  const hashNode = createNodeHasher(hash);
  const levels = [[...leafHashes]];
  for (let level = levels[0]; level !== undefined && level.length > 1; level = levels.at(-1)) {
    levels.push(parentsOf(level, hashNode));
  }
  return levels;
}

function parentsOf(level: readonly Uint8Array[], hashNode: typeof hashChildren): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const left = level[index];
    const right = level[index + 1];
    if (left !== undefined) parents.push(right === undefined ? left : hashNode(left, right));
  }
  return parents;
}

/**
 * Copies hashes that leave the tree, so that a caller who writes into a proof cannot change the
 * tree.
 */
function copiesOf(hashes: readonly Uint8Array[]): Uint8Array[] {
  return hashes.map((hash) => new Uint8Array(hash));
}

/** Returns the sibling at each level. A node that is carried up has none at that level. */
function siblings(levels: Levels, index: number): Uint8Array[] {
  const proof: Uint8Array[] = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling !== undefined) proof.push(sibling);
    at = Math.floor(at / 2);
  }
  return proof;
}
