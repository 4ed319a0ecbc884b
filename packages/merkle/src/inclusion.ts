import { checkHashes, checkIndex, checkLength } from "./arguments.ts";
import { equalHashes } from "./equal-hashes.ts";
import { hashChildren } from "./hash.ts";
import { MerkleError } from "./merkle-error.ts";

/** A leaf, and the proof of its inclusion in a tree. */
export interface Inclusion {
  readonly leafHash: Uint8Array;
  /** Position of the leaf in the tree, from 0. */
  readonly index: number;
  /** Number of leaves of the tree. */
  readonly size: number;
  /** Hashes of the siblings on the path from the leaf up to the root. */
  readonly proof: readonly Uint8Array[];
}

/**
 * Computes the root that an inclusion proof leads to (RFC 9162 §2.1.3.2). The result proves nothing
 * until it is compared with a trusted root. Throws BAD_SIZE, BAD_INDEX, BAD_HASH, or
 * BAD_PROOF_LENGTH before anything is hashed.
 */
export function rootFromInclusion({ leafHash, index, size, proof }: Inclusion): Uint8Array {
  const sides = siblingSides(index, size);
  checkLength("proof", proof, sides.length);
  checkHashes("leafHash", [leafHash]);
  return proof.reduce(
    (node, sibling, step) => (sides[step] === "left" ? hashChildren(sibling, node) : hashChildren(node, sibling)),
    new Uint8Array(leafHash),
  );
}

/**
 * Verifies that a leaf is in the tree with this root. Throws ROOT_MISMATCH, and every code that
 * `rootFromInclusion` throws.
 */
export function verifyInclusion({ root, ...inclusion }: Inclusion & { readonly root: Uint8Array }): void {
  checkHashes("root", [root]);
  if (!equalHashes(rootFromInclusion(inclusion), root)) {
    throw new MerkleError("ROOT_MISMATCH", "the leaf and its proof lead to a root other than the expected one");
  }
}

/**
 * Returns the side of the sibling at each step of an inclusion proof, from the leaf up. The sibling
 * of a right child is on the left, that of a left child on the right. A left child that is the last
 * node of its level has no sibling and is carried up without a step. Throws BAD_SIZE or BAD_INDEX.
 */
export function siblingSides(index: number, size: number): ("left" | "right")[] {
  checkIndex(index, size);
  const sides: ("left" | "right")[] = [];
  for (let [node, last] = [index, size - 1]; last > 0; [node, last] = [Math.floor(node / 2), Math.floor(last / 2)]) {
    if (node % 2 === 1) sides.push("left");
    else if (node < last) sides.push("right");
  }
  return sides;
}
