import { parseBatchData } from "./batch-data.ts";
import type { BatchData, Row } from "./batch-data.ts";
import { createBatchData, recordTree } from "./create-batch-data.ts";
import { bytesToHex } from "./digest.ts";
import { headerDigest, parseHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { parsePayloadDocument } from "./payload-document.ts";
import { ERASED, hiddenParts, verifyPayload } from "./payload.ts";
import { comparePositions } from "./position.ts";
import type { ProofFile } from "./proof-file.ts";
import { ProofError } from "./proof-error.ts";
import { summarizeRecords } from "./record-summary.ts";
import { encodeDerivedDocuments, parseDerivedDocument } from "./tree-documents.ts";
import { verifyEqual } from "./verify-equal.ts";
import { verifyBatchId, verifyRecordBelongs } from "./verify-record.ts";

/** A batch whose documents agree with its header. Whether the header is the record's is for its chain and its anchor to say. */
export interface VerifiedBatch {
  readonly batchId: string;
  readonly header: Header;
  readonly headerDigest: string;
  readonly rows: readonly Row[];
  /** A proof file, `pending`, for one row. Throws BAD_ARGUMENT unless 0 ≤ index < rows.length. */
  prove(index: number): ProofFile;
}

/** A batch's documents as they are stored, all untrusted. */
export interface BatchDocuments {
  readonly slot: Uint8Array;
  readonly batchData: Uint8Array;
  /** `payload.json`, where the values are kept apart. Without it, nothing of them is shown. */
  readonly payload?: Uint8Array | undefined;
  /** Any of the derived documents, each by its name in the batch's folder, such as `indices/by-date.json`. */
  readonly derived?: ReadonlyMap<string, Uint8Array> | undefined;
}

/**
 * Checks a batch's documents: values against commitments, records against the root, and every other byte against what header and rows make
 * it. Values that are kept apart may be missing (see `hiddenParts`); those inside batch-data.json may not. Throws ProofError, whose `place`
 * is the first that differs.
 */
export function verifyBatch(documents: BatchDocuments): VerifiedBatch {
  const header = parseHeader(documents.slot);
  const data = parseBatchData(documents.batchData);
  verifyBatchId(header, data.batch_info.batch_id);

  const rows = readRows(header, data, documents.payload);
  verifyRows(rows, header);
  const records = rows.map(({ record }) => record);
  const tree = recordTree(records);
  const root = bytesToHex(tree.root());
  if (root !== header.merkle_root) {
    throw new ProofError("ROOT_MISMATCH", "transactions", `expected the root ${header.merkle_root}, got ${root}`);
  }
  verifyEqual(header, { ...header, ...summarizeRecords(records) }, "header");
  const options = { proofIndex: data.merkle_tree.proof_index !== undefined };
  verifyEqual(data, createBatchData(header, rows, tree, options), "batch_data");
  verifyDerived(documents.derived ?? new Map(), encodeDerivedDocuments(data.batch_info.batch_id, records, tree));

  const prove = (index: number): ProofFile => {
    const row = rows[index];
    if (row === undefined) throw new ProofError("BAD_ARGUMENT", "index", `expected a leaf index below ${rows.length}`);
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

/** The rows, each with its values from where the header says that the batch keeps them: by the document's own word, whoever took values away could call them erased. */
function readRows(header: Header, data: BatchData, payloadBytes: Uint8Array | undefined): Row[] {
  const { batch_info: info, transactions } = data;
  if (header.payload === "inline") {
    if (payloadBytes === undefined) return transactions.map(inlineRow);
    throw new ProofError(
      "PAYLOAD_MISMATCH",
      "payload",
      "expected no payload.json beside a batch that holds its values",
    );
  }
  const kept = payloadBytes === undefined ? undefined : parsePayloadDocument(payloadBytes);
  if (kept !== undefined && (kept.batch_id !== info.batch_id || kept.rows.length !== transactions.length)) {
    throw new ProofError("PAYLOAD_MISMATCH", "payload", `expected the ${transactions.length} rows of ${info.batch_id}`);
  }
  return transactions.map(({ record }, index) => ({ record, payload: kept?.rows[index] ?? ERASED }));
}

/** A row whose values cannot be erased, so that a missing one is not an erased one. */
function inlineRow({ record, metadata }: BatchData["transactions"][number], index: number): Row {
  const payload = metadata.change_data ?? ERASED;
  const [missing] = hiddenParts(record, payload);
  if (missing !== undefined) {
    const place = `transactions[${index}].metadata.change_data.${missing.part}`;
    throw new ProofError("COMMITMENT_MISMATCH", place, "expected the values that the record commits to, got none");
  }
  return { record, payload };
}

function verifyDerived(documents: ReadonlyMap<string, Uint8Array>, expected: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, bytes] of documents) {
    const made = expected.get(name);
    if (made === undefined) throw new ProofError("MALFORMED_DOCUMENT", name, "expected the name of a derived document");
    verifyEqual(parseDerivedDocument(name, bytes), parseDerivedDocument(name, made), name);
  }
}

function verifyRows(rows: readonly Row[], header: Header): void {
  for (const [index, { record, payload }] of rows.entries()) {
    const place = `transactions[${index}]`;
    verifyPayload(record, payload, header.commitment, `${place}.metadata.change_data`);
    verifyRecordBelongs(record, header, `${place}.record`);
    const before = rows[index - 1];
    if (before !== undefined && comparePositions(before.record.position, record.position) >= 0) {
      throw new ProofError("HEADER_MISMATCH", `${place}.record.position`, "expected one after the position before it");
    }
  }
}
