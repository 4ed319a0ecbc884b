import { checkHashes, checkLength, checkSizes } from "./arguments.ts";
import { equalHashes } from "./equal-hashes.ts";
import { hashChildren } from "./hash.ts";
import { MerkleError } from "./merkle-error.ts";

/** Two trees, and the proof that the first is the beginning of the second. */
export interface Consistency {
  /** Number of leaves of the first tree. */
  readonly size1: number;
  /** Number of leaves of the second tree. */
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Verifies that the first `size1` leaves of the second tree are the leaves of the first tree (RFC
 * 9162 §2.1.4.2). Throws BAD_SIZE unless 1 ≤ size1 ≤ size2, BAD_PROOF_LENGTH before anything is
 * hashed, BAD_HASH, or ROOT_MISMATCH.
 */
export function verifyConsistency({ size1, size2, root1, root2, proof }: Consistency): void {
  checkSizes(1, size1, size2);
  const steps = consistencySteps(size1, size2);
  const isComplete = size1 < size2 && isPowerOfTwo(size1);
  // If the first tree is a complete subtree of the second, its root starts the climb and is not in
  // the proof.
  const expected = size1 === size2 ? 0 : steps.length + (isComplete ? 0 : 1);
  checkLength("proof", proof, expected);
  checkHashes("roots", [root1, root2]);

  const [start = root1, ...rest] = isComplete || size1 === size2 ? [root1, ...proof] : proof;
  let [first, second] = [start, start];
  for (const [index, node] of rest.entries()) {
    if (steps[index] === "both") [first, second] = [hashChildren(node, first), hashChildren(node, second)];
    else second = hashChildren(second, node);
  }
  if (!equalHashes(first, root1)) throw new MerkleError("ROOT_MISMATCH", "the proof leads to a root other than root1");
  if (!equalHashes(second, root2)) throw new MerkleError("ROOT_MISMATCH", "the proof leads to a root other than root2");
}

/** Whether `size` is a power of two. Math.log2 is rounded and would accept 2⁴⁹ + 1. */
function isPowerOfTwo(size: number): boolean {
  let odd = size;
  while (odd % 2 === 0) odd /= 2;
  return odd === 1;
}

/**
 * Returns the use of each hash in the proof. "both": a left sibling, hashed into both roots.
 * "second": a right sibling, hashed into the second root alone. Requires 1 ≤ size1 ≤ size2.
 */
function consistencySteps(size1: number, size2: number): ("both" | "second")[] {
  const steps: ("both" | "second")[] = [];
  let [node, last] = [size1 - 1, size2 - 1];
  const climb = (): void => {
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  };
  while (node % 2 === 1) climb();
  for (; last > 0; climb()) {
    if (node % 2 === 1) steps.push("both");
    else if (node < last) steps.push("second");
    // A left child that is the last node of its level has no sibling and is carried up.
  }
  return steps;
}
