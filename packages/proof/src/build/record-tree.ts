import { createMerkleTree, hashLeaf } from "@etrap/merkle";
import type { Hash, MerkleTree } from "@etrap/merkle";
import { encodeRecord } from "../format/record.ts";
import type { ChangeRecord } from "../format/record.ts";

/** Returns the Merkle tree over the canonical bytes of records. `hash` may be a faster SHA-256. */
export function recordTree(records: readonly ChangeRecord[], hash?: Hash): MerkleTree {
  const leaves = records.map((record) => hashLeaf(encodeRecord(record), hash));
  return createMerkleTree(leaves, hash === undefined ? {} : { hash });
}
