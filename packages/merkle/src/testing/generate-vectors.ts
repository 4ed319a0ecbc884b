import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { consistencyVectors } from "./consistency-vectors.ts";
import { inclusionVectors } from "./inclusion-vectors.ts";
import { multiproofVectors } from "./multiproof-vectors.ts";
import { leafHashOf, leaves, reference, upTo } from "./vector-leaves.ts";

/** The text of `vectors/rfc9162-sha256.json`, as yet unformatted: made by the reference alone, not by what it tests. */
export function generateVectors(): string {
  const vectors = {
    format: "etrap-merkle-vectors",
    version: 1,
    specification: "RFC 9162, section 2.1, with SHA-256",
    leafHashes: leafData().map((data) => ({ data, leafHash: leafHashOf(data) })),
    leaves,
    roots: [...upTo(18), 31, 32, 33, 63, 64, 65, 127, 128, 129].map((size) => ({ size, root: reference.root(size) })),
    inclusion: inclusionVectors(),
    consistency: consistencyVectors(),
    multiproof: multiproofVectors(),
  };
  return JSON.stringify(vectors, (_, value: unknown) => (value instanceof Uint8Array ? bytesToHex(value) : value));
}

/** Nothing, what looks like a node, and lengths around the blocks of SHA-256. */
function leafData(): Uint8Array[] {
  const node = concatBytes(Uint8Array.of(1), reference.root(1), reference.root(2));
  return [node, ...[0, 1, 54, 55, 62, 63, 64, 200].map((length) => new Uint8Array(length).fill(0xa5))];
}
