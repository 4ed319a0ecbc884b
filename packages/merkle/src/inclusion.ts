import { checkHashes, checkIndex, checkLength } from "./arguments.ts";
import { equalHashes } from "./equal-hashes.ts";
import { hashChildren } from "./hash.ts";
import { MerkleError } from "./merkle-error.ts";

/** A leaf, and the proof that ties it to a root. */
export interface Inclusion {
  readonly leafHash: Uint8Array;
  readonly index: number;
  /** Number of leaves of the tree. */
  readonly size: number;
  /** Sibling hashes from the leaf up. */
  readonly proof: readonly Uint8Array[];
}

/**
 * The root that an inclusion proof leads to (RFC 9162 §2.1.3.2). It proves nothing by itself: compare it with a root that you trust. Throws
 * BAD_SIZE, BAD_INDEX, BAD_HASH, or BAD_PROOF_LENGTH before anything is hashed.
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

/** Checks that a leaf is in the tree of this root. Throws ROOT_MISMATCH, or what `rootFromInclusion` throws. */
export function verifyInclusion({ root, ...inclusion }: Inclusion & { readonly root: Uint8Array }): void {
  checkHashes("root", [root]);
  if (!equalHashes(rootFromInclusion(inclusion), root)) {
    throw new MerkleError("ROOT_MISMATCH", "the leaf and its proof lead to another root");
  }
}

/**
 * On which side the sibling stands at each step of an inclusion proof, from the leaf up. A right child has its sibling on the left; a left
 * child has one on the right unless it is the last of its level, where it is carried up. Throws BAD_SIZE or BAD_INDEX.
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
