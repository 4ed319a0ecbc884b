import { sha256 } from "@noble/hashes/sha2.js";
import { checkHashes, checkLeaf, HASH_BYTES } from "./arguments.ts";
import { equalHashes } from "./equal-hashes.ts";
import { MerkleError } from "./merkle-error.ts";

/** First byte of what is hashed, so that a leaf can never pass for a node (RFC 9162 §2.1.1). */
const LEAF = 0x00;
const NODE = 0x01;

/**
 * SHA-256 of some bytes. MUST return 32 bytes of its own, and MUST NOT keep `data`: they may be written over for the next call. Wherever one
 * can be given, it is another implementation of the same function, for speed: this package's own runs anywhere.
 */
export type Hash = (data: Uint8Array) => Uint8Array;

/** What is hashed is put together here where it fits: new bytes for each of many small leaves would cost as much as their hash. */
const scratch = new Uint8Array(1 << 14);

/** The hash of a leaf: SHA-256(0x00 ‖ data), 32 bytes (RFC 9162 §2.1.1). Throws BAD_LEAF. */
export function hashLeaf(data: Uint8Array, hash: Hash = sha256): Uint8Array {
  checkLeaf(data);
  const end = 1 + data.length;
  const input = end <= scratch.length ? scratch.subarray(0, end) : new Uint8Array(end);
  input[0] = LEAF;
  input.set(data, 1);
  return hash(input);
}

/** The hash of a node: SHA-256(0x01 ‖ left ‖ right), 32 bytes (RFC 9162 §2.1.1). Throws BAD_HASH. */
export function hashChildren(left: Uint8Array, right: Uint8Array, hash: Hash = sha256): Uint8Array {
  checkHashes("children", [left, right]);
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = NODE;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return hash(input);
}

/** Makes a `hashChildren` for many nodes: what it hashes is written into the same bytes each time. It requires two hashes of 32 bytes. Throws NOT_SHA256. */
export function createNodeHasher(hash: Hash = createSha256()): (left: Uint8Array, right: Uint8Array) => Uint8Array {
  // Another function, or a promise, would give roots that nobody can verify, years before anybody tries.
  if (!equalHashes(hash(new Uint8Array()), emptyRoot())) {
    throw new MerkleError("NOT_SHA256", "hash: expected SHA-256, whose hash of nothing is e3b0c442…");
  }
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = NODE;
  return (left, right) => {
    input.set(left, 1);
    input.set(right, 1 + HASH_BYTES);
    return hash(input);
  };
}

/** The same function for many calls: making a new state for each takes as long as hashing a node. */
function createSha256(): Hash {
  const [start, state, digest] = [sha256.create(), sha256.create(), new Uint8Array(HASH_BYTES)];
  return (data) => {
    start._cloneInto(state).update(data).digestInto(digest);
    return digest.slice();
  };
}

/** The root of a tree without leaves: SHA-256 of nothing (RFC 9162 §2.1.1). */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array());
}
