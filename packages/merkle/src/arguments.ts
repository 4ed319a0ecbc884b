import { isBytes } from "@noble/hashes/utils.js";
import { MerkleError } from "./merkle-error.ts";

/** Length of a hash in bytes. */
export const HASH_BYTES = 32;

/**
 * Throws BAD_LEAF unless `data` is a Uint8Array. Without this check, a string would be hashed as
 * zeros.
 */
export function checkLeaf(data: unknown): void {
  if (isBytes(data)) return;
  throw new MerkleError("BAD_LEAF", `data: expected a Uint8Array with the data of a leaf, got ${describe(data)}`);
}

/** Throws BAD_HASH unless `hashes` is an array of hashes of 32 bytes each. */
export function checkHashes(name: string, hashes: readonly unknown[]): void {
  if (!Array.isArray(hashes)) {
    throw new MerkleError("BAD_HASH", `${name}: expected an array of hashes, got ${describe(hashes)}`);
  }
  for (const hash of hashes as readonly unknown[]) {
    if (isBytes(hash) && hash.length === HASH_BYTES) continue;
    const got = isBytes(hash) ? `${hash.length} bytes` : describe(hash);
    throw new MerkleError("BAD_HASH", `${name}: expected a hash of ${HASH_BYTES} bytes, got ${got}`);
  }
}

/** Throws BAD_SIZE or BAD_INDEX unless 0 ≤ index < size and both are safe integers. */
export function checkIndex(index: number, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new MerkleError("BAD_SIZE", `size: expected an integer of at least 1, got ${describe(size)}`);
  }
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new MerkleError("BAD_INDEX", `index: expected an integer from 0 to ${size - 1}, got ${describe(index)}`);
  }
}

/** Throws BAD_SIZE unless least ≤ size ≤ most and all three are safe integers. */
export function checkSizes(least: number, size: number, most: number): void {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(most) || size < least || size > most) {
    throw new MerkleError(
      "BAD_SIZE",
      `size: expected an integer from ${least} to ${describe(most)}, got ${describe(size)}`,
    );
  }
}

/**
 * Throws BAD_SIZE or BAD_INDEX unless `indices` is an array of at least one index, every index is
 * below `size`, and the indices ascend without repetition.
 */
export function checkIndices(indices: readonly number[], size: number): void {
  if (!Array.isArray(indices) || indices.length === 0)
    throw new MerkleError("BAD_INDEX", "indices: expected an array of at least one index");
  for (const index of indices) checkIndex(index, size);
  if (indices.some((index, at) => at > 0 && index <= (indices[at - 1] ?? -1))) {
    throw new MerkleError("BAD_INDEX", "indices: expected ascending order without repetition");
  }
}

/** Throws BAD_PROOF_LENGTH unless `hashes` is an array with `expected` elements. */
export function checkLength(name: string, hashes: unknown, expected: number): void {
  if (Array.isArray(hashes) && hashes.length === expected) return;
  const got = Array.isArray(hashes) ? hashes.length : describe(hashes);
  throw new MerkleError("BAD_PROOF_LENGTH", `${name}: expected ${expected} hashes, got ${got}`);
}

/**
 * Returns a number in digits, and the type of any other value. Other values are not printed: they
 * may have no string form, or a very long one.
 */
function describe(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value;
}
