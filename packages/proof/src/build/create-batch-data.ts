import { siblingSides } from "@etrap/merkle";
import type { MerkleTree } from "@etrap/merkle";
import type { BatchData, ProofIndex, Row } from "../format/batch-data.ts";
import { bytesToHex } from "../bytes/digest.ts";
import { batchId, headerDigest } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import type { Payload } from "../format/payload.ts";
import type { ChangeRecord } from "../format/record.ts";

/** Options of `createBatchData`. */
export interface BatchDataOptions {
  /** Whether the document holds every inclusion proof, which is most of its size. Default: true. */
  readonly proofIndex?: boolean;
}

/** The parts of batch-data.json. */
export interface BatchParts {
  readonly header: Header;
  readonly rows: readonly Row[];
  /** The tree of the rows' records. Its root MUST be the header's. */
  readonly tree: MerkleTree;
}

/** Creates batch-data.json. It is a pure function of its parts. */
export function createBatchData(
  { header, rows, tree }: BatchParts,
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
      const payload = header.payload === "inline" ? row.payload : null;
      const content = { record: row.record, payload };
      return [transaction(`${id}-${index}`, content, { index, hash: bytesToHex(leaf) })];
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
  { record, payload }: { record: ChangeRecord; payload: Payload | null },
  leaf: { index: number; hash: string },
): BatchData["transactions"][number] {
  // The members are in canonical order, so that the encoder need not copy and sort them.
  return {
    merkle_leaf: { hash: leaf.hash, index: leaf.index },
    metadata: {
      change_data: payload,
      database_name: record.database,
      operation_type: record.operation,
      table_affected: record.table,
      timestamp: record.timestamp,
      transaction_id: transactionId,
    },
    record,
  };
}
