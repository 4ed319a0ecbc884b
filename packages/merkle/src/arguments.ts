import { HASH_BYTES } from "./hash.ts";
import { MerkleError } from "./merkle-error.ts";

/** Throws BAD_HASH unless every one is 32 bytes. */
export function checkHashes(name: string, hashes: readonly unknown[]): void {
  for (const hash of hashes) {
    if (hash instanceof Uint8Array && hash.length === HASH_BYTES) continue;
    const got = hash instanceof Uint8Array ? `${hash.length} bytes` : typeof hash;
    throw new MerkleError("BAD_HASH", `${name}: expected ${HASH_BYTES} bytes, got ${got}`);
  }
}

/** Throws BAD_SIZE or BAD_INDEX unless 0 ≤ index < size, both safe integers. */
export function checkIndex(index: number, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new MerkleError("BAD_SIZE", `expected a tree of at least one leaf, got size ${size}`);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new MerkleError("BAD_INDEX", `expected an index from 0 to ${size - 1}, got ${index}`);
  }
}

/** Throws BAD_SIZE unless least ≤ size ≤ most, all of them safe integers. */
export function checkSizes(least: number, size: number, most: number): void {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(most) || size < least || size > most) {
    throw new MerkleError("BAD_SIZE", `expected a size from ${least} to ${most}, got ${size}`);
  }
}

/** Throws BAD_SIZE or BAD_INDEX unless there is at least one index, each is below `size`, and they ascend. */
export function checkIndices(indices: readonly number[], size: number): void {
  for (const index of indices.length === 0 ? [Number.NaN] : indices) checkIndex(index, size);
  if (indices.some((index, at) => at > 0 && index <= (indices[at - 1] ?? -1))) {
    throw new MerkleError("BAD_INDEX", "expected ascending indices, each once");
  }
}
