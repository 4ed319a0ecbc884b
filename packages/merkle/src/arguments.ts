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
