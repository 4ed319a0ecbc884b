import { createMerkleTree, hashLeaf, siblingSides } from "@etrap/merkle";
import type { Hash, MerkleTree } from "@etrap/merkle";
import type { BatchData, ProofIndex, Row } from "./batch-data.ts";
import { bytesToHex } from "./digest.ts";
import { batchId, headerDigest } from "./header.ts";
import type { Header } from "./header.ts";
import type { Payload } from "./payload.ts";
import { encodeRecord } from "./record.ts";
import type { ChangeRecord } from "./record.ts";

/** What may be chosen about batch-data.json. */
export interface BatchDataOptions {
  /** Whether every proof stands in the document; most of its size. Default: yes. */
  readonly proofIndex?: boolean;
}

/** The Merkle tree over the records' canonical bytes. `hash` may be a faster SHA-256. */
export function recordTree(records: readonly ChangeRecord[], hash?: Hash): MerkleTree {
  const leaves = records.map((record) => hashLeaf(encodeRecord(record), hash));
  return createMerkleTree(leaves, hash === undefined ? {} : { hash });
}

/** Makes the document. Requires that `tree` is the tree of the rows' records, and its root the header's. */
export function createBatchData(
  header: Header,
  rows: readonly Row[],
  tree: MerkleTree,
  { proofIndex = true }: BatchDataOptions = {},
): BatchData {
  const id = batchId(header);
  const [leaves = []] = tree.levels;
  return {
    format: "etrap-batch/0",
    batch_info: {
      batch_id: id,
      created_at: header.sealed_at,
      organization_id: header.organization_id,
      database_name: header.database,
      etrap_agent_version: header.agent,
    },
    header,
    header_digest: headerDigest(header),
    transactions: leaves.flatMap((leaf, index) => {
      const row = rows[index];
      if (row === undefined) return [];
      const changeData = header.payload === "inline" ? row.payload : null;
      return [transaction(`${id}-${index}`, row.record, changeData, { index, hash: bytesToHex(leaf) })];
    }),
    merkle_tree: { root: header.merkle_root, ...(proofIndex ? { proof_index: proofIndexOf(tree) } : {}) },
    verification: {
      hash: "rfc9162-sha256",
      canonical_json: "rfc8785",
      commitment: header.commitment,
      payload: header.payload,
    },
  };
}

function proofIndexOf(tree: MerkleTree): ProofIndex {
  const proofs = Array.from({ length: tree.size }, (_, index) => {
    const path = tree.inclusionProof(index).map(bytesToHex);
    return [`tx-${index}`, { proof_path: path, sibling_positions: siblingSides(index, tree.size) }] as const;
  });
  return Object.fromEntries(proofs);
}

function transaction(
  transactionId: string,
  record: ChangeRecord,
  changeData: Payload | null,
  leaf: { index: number; hash: string },
): BatchData["transactions"][number] {
  // In canonical order, which spares the encoder a copy of each.
  return {
    merkle_leaf: { hash: leaf.hash, index: leaf.index },
    metadata: {
      change_data: changeData,
      database_name: record.database,
      operation_type: record.operation,
      table_affected: record.table,
      timestamp: record.timestamp,
      transaction_id: transactionId,
    },
    record,
  };
}
