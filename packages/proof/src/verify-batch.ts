import { createBatchData, parseBatchData, recordTree } from "./batch-data.ts";
import type { Row } from "./batch-data.ts";
import { bytesToHex } from "./digest.ts";
import { headerDigest, parseHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { verifyPayload } from "./payload.ts";
import { comparePositions } from "./position.ts";
import type { ProofFile } from "./proof-file.ts";
import { ProofError } from "./proof-error.ts";
import { summarizeRecords } from "./record-summary.ts";
import { verifyEqual } from "./verify-equal.ts";
import { verifyBatchId, verifyRecordBelongs } from "./verify-proof.ts";

/** A batch whose documents agree with its header. Whether the header is the record's is for its chain and its anchor to say. */
export interface VerifiedBatch {
  readonly batchId: string;
  readonly header: Header;
  readonly headerDigest: string;
  readonly rows: readonly Row[];
  /** A proof file, `pending`, for one row. Throws RangeError unless 0 ≤ index < rows.length. */
  prove(index: number): ProofFile;
}

/**
 * Checks a slot and its batch-data.json, both untrusted: values against commitments, records against the root, and every other byte of the
 * document against what header and rows make it. Throws ProofError, whose `place` is the first that differs.
 */
export function verifyBatch(documents: { slot: Uint8Array; batchData: Uint8Array }): VerifiedBatch {
  const header = parseHeader(documents.slot);
  const data = parseBatchData(documents.batchData);
  verifyBatchId(header, data.batch_info.batch_id);

  const rows = data.transactions.map(({ record, metadata }) => ({ record, payload: metadata.change_data }));
  verifyRows(rows, header);
  const records = rows.map(({ record }) => record);
  const tree = recordTree(records);
  const root = bytesToHex(tree.root());
  if (root !== header.merkle_root) {
    throw new ProofError("ROOT_MISMATCH", "transactions", `expected the root ${header.merkle_root}, got ${root}`);
  }
  verifyEqual(header, { ...header, ...summarizeRecords(records) }, "header");
  verifyEqual(data, createBatchData(header, rows, tree), "batch_data");

  const prove = (index: number): ProofFile => {
    const row = rows[index];
    if (row === undefined) throw new RangeError(`expected an index below ${rows.length}, got ${index}`);
    return {
      format: "etrap-proof/0",
      batch_id: data.batch_info.batch_id,
      ...row,
      inclusion: { leaf_index: index, tree_size: tree.size, path: tree.inclusionProof(index).map(bytesToHex) },
      headers: [header],
      anchor: { kind: "pending" },
    };
  };
  return { batchId: data.batch_info.batch_id, header, headerDigest: headerDigest(header), rows, prove };
}

function verifyRows(rows: readonly Row[], header: Header): void {
  for (const [index, { record, payload }] of rows.entries()) {
    const place = `transactions[${index}]`;
    verifyPayload(record, payload, `${place}.metadata.change_data`);
    verifyRecordBelongs(record, header, `${place}.record`);
    const before = rows[index - 1];
    if (before !== undefined && comparePositions(before.record.position, record.position) >= 0) {
      throw new ProofError("HEADER_MISMATCH", `${place}.record.position`, "expected one after the position before it");
    }
  }
}
