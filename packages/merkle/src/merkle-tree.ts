import { checkHashes, checkIndex, checkIndices, checkSizes } from "./arguments.ts";
import { createNodeHasher } from "./hash.ts";
import type { Hash, hashChildren } from "./hash.ts";
import { multiproofPlan } from "./multiproof.ts";
import { pathInRange, rootOfRange, subproof } from "./ranges.ts";
import type { Levels } from "./ranges.ts";

/** A Merkle tree over leaf hashes (RFC 9162 §2.1), every node of it in memory. Where a `size` is left out, it is the tree's. */
export interface MerkleTree {
  /** Number of leaves. */
  readonly size: number;
  /** The leaf hashes, then each level of nodes above; the last level is the root alone. `[[]]` without leaves. */
  readonly levels: Levels;
  /** The root over the first `size` leaves, 32 bytes. Throws BAD_SIZE. */
  root(size?: number): Uint8Array;
  /** The inclusion proof of a leaf in the first `size`: sibling hashes from the leaf up (RFC 9162 §2.1.3). Throws BAD_INDEX or BAD_SIZE. */
  inclusionProof(index: number, size?: number): Uint8Array[];
  /** The proof that the first `size1` leaves begin the first `size2` (RFC 9162 §2.1.4). Throws BAD_SIZE unless 1 ≤ size1 ≤ size2 ≤ size. */
  consistencyProof(size1: number, size2?: number): Uint8Array[];
  /** The nodes that prove several leaves at once: those that cannot be computed, level by level, left to right. Throws BAD_INDEX. */
  multiproof(indices: readonly number[]): Uint8Array[];
}

/** What a tree may be told. */
export interface MerkleTreeOptions {
  /** A faster SHA-256, where the platform has one. */
  readonly hash?: Hash;
}

/** Builds a tree over leaf hashes, as `hashLeaf` makes them. Throws BAD_HASH, or NOT_SHA256 for another `hash`. The hashes are kept, not copied. */
export function createMerkleTree(leafHashes: readonly Uint8Array[], { hash }: MerkleTreeOptions = {}): MerkleTree {
  checkHashes("leafHashes", leafHashes);
  const levels = buildLevels(leafHashes, hash);
  const all = leafHashes.length;
  return {
    size: all,
    levels,
    root(size = all) {
      checkSizes(0, size, all);
      return new Uint8Array(rootOfRange(levels, 0, size));
    },
    inclusionProof(index, size = all) {
      checkSizes(0, size, all);
      checkIndex(index, size);
      return copiesOf(size === all ? siblings(levels, index) : pathInRange(levels, index, 0, size));
    },
    consistencyProof(size1, size2 = all) {
      checkSizes(1, size1, size2);
      checkSizes(1, size2, all);
      return copiesOf(subproof(levels, size1, 0, size2));
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
 * Level by level, each pair under one node, an odd last one carried up as it is. That is the RFC's split at the largest power of two: every
 * complete subtree of 2ᵏ leaves is a node of level k, and what is left over joins where the split puts it.
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

/** What is handed out is no part of the tree: who writes into a proof must not change the next one. */
function copiesOf(hashes: readonly Uint8Array[]): Uint8Array[] {
  return hashes.map((hash) => new Uint8Array(hash));
}

/** The sibling at each level; a node that was carried up has none there. */
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
