import type { MerkleTree } from "@etrap/merkle";
import { createBatchData } from "../build/create-batch-data.ts";
import { encodeDerivedDocuments, withoutFarDates } from "../build/derived-documents.ts";
import { recordTree } from "../build/record-tree.ts";
import { summarizeRecords } from "../build/summarize-records.ts";
import { bytesToHex } from "../bytes/digest.ts";
import { comparePositions } from "../bytes/position.ts";
import { parseBatchData } from "../format/batch-data.ts";
import type { BatchData, Row } from "../format/batch-data.ts";
import { headerDigest, parseHeader } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import { parsePayloadDocument } from "../format/payload-document.ts";
import { ERASED, undisclosedParts } from "../format/payload.ts";
import type { ProofFile } from "../format/proof-file.ts";
import { parseDerivedDocument } from "../format/tree-documents.ts";
import { ProofError } from "../proof-error.ts";
import { equalValues, verifyEqual } from "./verify-equal.ts";
import { verifyPayload } from "./verify-payload.ts";
import { verifyBatchId, verifyRecordBelongs } from "./verify-record.ts";

/**
 * A batch whose documents agree with its header. Only the chain and the anchor can show that the
 * header is the ledger's.
 */
export interface VerifiedBatch {
  readonly batchId: string;
  readonly header: Header;
  readonly headerDigest: string;
  readonly rows: readonly Row[];
  /**
   * Returns a `pending` proof file for one row. Throws BAD_ARGUMENT unless 0 ≤ index < rows.length.
   */
  prove(index: number): ProofFile;
}

/** The stored documents of a batch, all untrusted. */
export interface BatchDocuments {
  readonly slot: Uint8Array;
  readonly batchData: Uint8Array;
  /** `payload.json` of a batch with separate values. Without it, no value is disclosed. */
  readonly payload?: Uint8Array | undefined;
  /** Any derived documents, by name in the batch's folder, such as `indices/by-date.json`. */
  readonly derived?: ReadonlyMap<string, Uint8Array> | undefined;
}

/**
 * Checks the documents of a batch: values against commitments, records against the root, and every
 * other byte against the header and the rows. Values in payload.json may be missing (see
 * `undisclosedParts`); values inside batch-data.json may not. Throws ProofError with the first
 * place that is wrong.
 */
export function verifyBatch(documents: BatchDocuments): VerifiedBatch {
  const header = parseHeader(documents.slot);
  const data = parseBatchData(documents.batchData);
  const { batch_id: batchId } = data.batch_info;
  verifyBatchId(header, batchId);

  const rows = readRows(header, data, documents.payload);
  verifyRows(rows, header);
  const records = rows.map(({ record }) => record);
  const tree = recordTree(records);
  verifyRoot(header, tree);
  verifyEqual(header, { ...header, ...summarizeRecords(records) }, "header");
  const options = { proofIndex: data.merkle_tree.proof_index !== undefined };
  verifyEqual(data, createBatchData({ header, rows, tree }, options), "batch_data");
  verifyDerived(documents.derived ?? new Map(), encodeDerivedDocuments(batchId, records, tree));

  const batch = { batchId, header, headerDigest: headerDigest(header), rows };
  return { ...batch, prove: (index) => proveRow(batch, tree, index) };
}

function proveRow({ batchId, header, rows }: Omit<VerifiedBatch, "prove">, tree: MerkleTree, index: number): ProofFile {
  // Checked first, because a text such as "0" would find a row too.
  const row = Number.isInteger(index) ? rows[index] : undefined;
  if (row === undefined) {
    throw new ProofError("BAD_ARGUMENT", `expected a leaf index from 0 to ${rows.length - 1}`, { place: "index" });
  }
  return {
    format: "etrap-proof/0",
    batch_id: batchId,
    ...row,
    inclusion: { leaf_index: index, tree_size: tree.size, path: tree.inclusionProof(index).map(bytesToHex) },
    headers: [header],
    anchor: { kind: "pending" },
  };
}

/**
 * Reads the rows, with the values from the place that the header names. If batch-data.json named
 * the place, an attacker could remove the values and have them reported as erased.
 */
function readRows(header: Header, data: BatchData, payloadBytes: Uint8Array | undefined): Row[] {
  const { batch_info: info, transactions } = data;
  if (header.payload === "inline") {
    if (payloadBytes === undefined) return transactions.map(inlineRow);
    const message = "expected no payload.json for a batch with inline values, got one";
    throw new ProofError("PAYLOAD_MISMATCH", message, { place: "payload" });
  }
  const separate = payloadBytes === undefined ? undefined : parsePayloadDocument(payloadBytes);
  if (separate !== undefined && (separate.batch_id !== info.batch_id || separate.rows.length !== transactions.length)) {
    const message = `expected ${transactions.length} rows of ${info.batch_id}, got ${separate.rows.length} of ${separate.batch_id}`;
    throw new ProofError("PAYLOAD_MISMATCH", message, { place: "payload" });
  }
  return transactions.map(({ record }, index) => ({ record, payload: separate?.rows[index] ?? ERASED }));
}

/** Reads a row with inline values. They cannot be erased, so a missing value was taken away. */
function inlineRow({ record, metadata }: BatchData["transactions"][number], index: number): Row {
  const payload = metadata.change_data ?? ERASED;
  const [missing] = undisclosedParts(record, payload);
  if (missing !== undefined) {
    const place = `transactions[${index}].metadata.change_data.${missing.part}`;
    throw new ProofError("COMMITMENT_MISMATCH", "expected the values that the record commits to, got none", { place });
  }
  return { record, payload };
}

function verifyRows(rows: readonly Row[], header: Header): void {
  for (const [index, { record, payload }] of rows.entries()) {
    const place = `transactions[${index}]`;
    const payloadPlace = header.payload === "inline" ? `${place}.metadata.change_data` : `payload.rows[${index}]`;
    verifyPayload({ record, payload }, header.commitment, payloadPlace);
    verifyRecordBelongs(record, header, `${place}.record`);
    const before = rows[index - 1];
    if (before !== undefined && comparePositions(before.record.position, record.position) >= 0) {
      const message = `expected a position after ${before.record.position}, got ${record.position}`;
      throw new ProofError("HEADER_MISMATCH", message, { place: `${place}.record.position` });
    }
  }
}

function verifyRoot(header: Header, tree: MerkleTree): void {
  const root = bytesToHex(tree.root());
  if (root !== header.merkle_root) {
    const message = `expected the root ${header.merkle_root}, got ${root}`;
    throw new ProofError("ROOT_MISMATCH", message, { place: "transactions" });
  }
}

function verifyDerived(documents: ReadonlyMap<string, Uint8Array>, expected: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, bytes] of documents) {
    const made = expected.get(name);
    if (made === undefined) {
      const message = `expected one of the names ${[...expected.keys()].join(", ")}`;
      throw new ProofError("MALFORMED_DOCUMENT", message, { place: name });
    }
    const [actual, derived] = [parseDerivedDocument(name, bytes), parseDerivedDocument(name, made)];
    const isOlderForm = derived !== undefined && "leaves" in derived && equalValues(actual, withoutFarDates(derived));
    if (!isOlderForm) verifyEqual(actual, derived, name);
  }
}
