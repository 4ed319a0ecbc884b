import { isBytes } from "@noble/hashes/utils.js";
import { MerkleError } from "./merkle-error.ts";

/** Length of every hash, in bytes. */
export const HASH_BYTES = 32;

/** Throws BAD_LEAF unless it is bytes. Without it, a text would be hashed as zeros. */
export function checkLeaf(data: unknown): void {
  if (isBytes(data)) return;
  throw new MerkleError("BAD_LEAF", `expected the bytes of a leaf, got ${shown(data)}`);
}

/** Throws BAD_HASH unless it is an array of 32 bytes each. */
export function checkHashes(name: string, hashes: readonly unknown[]): void {
  if (!Array.isArray(hashes)) throw new MerkleError("BAD_HASH", `${name}: expected an array, got ${shown(hashes)}`);
  for (const hash of hashes as readonly unknown[]) {
    if (isBytes(hash) && hash.length === HASH_BYTES) continue;
    const got = isBytes(hash) ? `${hash.length} bytes` : shown(hash);
    throw new MerkleError("BAD_HASH", `${name}: expected ${HASH_BYTES} bytes, got ${got}`);
  }
}

/** Throws BAD_SIZE or BAD_INDEX unless 0 ≤ index < size, both safe integers. */
export function checkIndex(index: number, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new MerkleError("BAD_SIZE", `expected a tree of at least one leaf, got size ${shown(size)}`);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new MerkleError("BAD_INDEX", `expected an index from 0 to ${size - 1}, got ${shown(index)}`);
  }
}

/** Throws BAD_SIZE unless least ≤ size ≤ most, all of them safe integers. */
export function checkSizes(least: number, size: number, most: number): void {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(most) || size < least || size > most) {
    throw new MerkleError("BAD_SIZE", `expected a size from ${least} to ${shown(most)}, got ${shown(size)}`);
  }
}

/** Throws BAD_SIZE or BAD_INDEX unless there is at least one index, each is below `size`, and they ascend. */
export function checkIndices(indices: readonly number[], size: number): void {
  if (!Array.isArray(indices) || indices.length === 0)
    throw new MerkleError("BAD_INDEX", "expected an array of at least one index");
  for (const index of indices) checkIndex(index, size);
  if (indices.some((index, at) => at > 0 && index <= (indices[at - 1] ?? -1))) {
    throw new MerkleError("BAD_INDEX", "expected ascending indices, each once");
  }
}

/** Throws BAD_PROOF_LENGTH unless it is an array of `expected` hashes. */
export function checkLength(name: string, hashes: unknown, expected: number): void {
  if (Array.isArray(hashes) && hashes.length === expected) return;
  const got = Array.isArray(hashes) ? hashes.length : shown(hashes);
  throw new MerkleError("BAD_PROOF_LENGTH", `${name}: expected ${expected} hashes, got ${got}`);
}

/** A number as it is, of anything else its type: what was given may have no text, or one without end. */
function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value;
}
