import { sha256 } from "@noble/hashes/sha2.js";
import { checkHashes, checkLeaf, HASH_BYTES } from "./arguments.ts";
import { equalHashes } from "./equal-hashes.ts";
import { MerkleError } from "./merkle-error.ts";

/**
 * The first byte of a leaf's and of a node's hash input. It keeps a leaf from passing for a node
 * (RFC 9162 §2.1.1).
 */
const LEAF = 0x00;
const NODE = 0x01;

/**
 * An implementation of SHA-256. It MUST return a new array of 32 bytes. It MUST NOT keep `data`,
 * whose bytes may be overwritten for the next call. Functions take one as an option for speed; the
 * default runs on every platform.
 */
export type Hash = (data: Uint8Array) => Uint8Array;

/**
 * The buffer for inputs that fit into it. Allocating an array for each of many small leaves would
 * cost as much as hashing them.
 */
const scratch = new Uint8Array(1 << 14);

/**
 * Returns the hash of a leaf: SHA-256(0x00 ‖ data), 32 bytes (RFC 9162 §2.1.1). Throws BAD_LEAF.
 */
export function hashLeaf(data: Uint8Array, hash: Hash = sha256): Uint8Array {
  checkLeaf(data);
  const end = 1 + data.length;
  const input = end <= scratch.length ? scratch.subarray(0, end) : new Uint8Array(end);
  input[0] = LEAF;
  input.set(data, 1);
  return hash(input);
}

/**
 * Returns the hash of a node: SHA-256(0x01 ‖ left ‖ right), 32 bytes (RFC 9162 §2.1.1).
 * Throws BAD_HASH.
 */
export function hashChildren(left: Uint8Array, right: Uint8Array, hash: Hash = sha256): Uint8Array {
  checkHashes("children", [left, right]);
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = NODE;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return hash(input);
}

/**
 * Creates a version of `hashChildren` for many nodes. It reuses one input buffer and does not check
 * its arguments: both MUST be hashes of 32 bytes. Throws NOT_SHA256.
 */
export function createNodeHasher(hash: Hash = createSha256()): (left: Uint8Array, right: Uint8Array) => Uint8Array {
  // Another function, or one that returns a promise, would make roots that cannot be verified. That
  // might be noticed only years later.
  if (!equalHashes(hash(new Uint8Array()), emptyRoot())) {
    throw new MerkleError(
      "NOT_SHA256",
      "hash: expected SHA-256, which hashes the empty input to e3b0c442…, got another function",
    );
  }
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = NODE;
  return (left, right) => {
    input.set(left, 1);
    input.set(right, 1 + HASH_BYTES);
    return hash(input);
  };
}

/**
 * Creates a SHA-256 for many calls, which reuses one state. Creating a state for each call would
 * take as long as hashing a node.
 */
function createSha256(): Hash {
  const [start, state, digest] = [sha256.create(), sha256.create(), new Uint8Array(HASH_BYTES)];
  return (data) => {
    start._cloneInto(state).update(data).digestInto(digest);
    return digest.slice();
  };
}

/** Returns the root of a tree without leaves: SHA-256 of the empty input (RFC 9162 §2.1.1). */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array());
}
