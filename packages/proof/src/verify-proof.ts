import { hashLeaf, MerkleError, rootFromInclusion } from "@etrap/merkle";
import { bytesToHex, hexToBytes } from "./digest.ts";
import { batchId, headerDigest } from "./header.ts";
import type { Header } from "./header.ts";
import type { Payload } from "./payload.ts";
import { verifyPayload } from "./payload.ts";
import { comparePositions } from "./position.ts";
import { parseProofFile } from "./proof-file.ts";
import type { ProofFile } from "./proof-file.ts";
import { ProofError } from "./proof-error.ts";
import type { ChangeRecord } from "./record.ts";
import { encodeRecord } from "./record.ts";
import { verifyChain } from "./verify-chain.ts";

/** What a proof file proved. */
export interface VerifiedProof {
  /** `pending`: the file agrees with itself, and no anchor was checked. It is never an answer of "yes". */
  readonly verdict: "pending";
  readonly record: ChangeRecord;
  readonly payload: Payload;
  readonly batchId: string;
  readonly header: Header;
  readonly headerDigest: string;
}

/**
 * Checks a proof file: the values open the record's commitments, the record is a leaf under the header's root, the header is the one that
 * the batch is named after, and the headers form one line. Throws ProofError, whose `place` is the first that differs.
 */
export function verifyProof(file: Uint8Array): VerifiedProof {
  const proof = parseProofFile(file);
  const { record, payload, headers } = proof;
  const [header] = headers;
  if (header === undefined) throw new ProofError("MALFORMED_DOCUMENT", "headers", "expected at least one header");

  verifyPayload(record, payload, "payload");
  verifyInclusionInHeader(proof, header);
  verifyRecordBelongs(record, header, "record");
  verifyBatchId(header, proof.batch_id);
  verifyChain(headers);
  return { verdict: "pending", record, payload, batchId: proof.batch_id, header, headerDigest: headerDigest(header) };
}

function verifyInclusionInHeader({ record, inclusion }: ProofFile, header: Header): void {
  if (inclusion.tree_size !== header.leaf_count) {
    throw new ProofError(
      "HEADER_MISMATCH",
      "inclusion.tree_size",
      `expected the header's leaf count ${header.leaf_count}, got ${inclusion.tree_size}`,
    );
  }
  const root = bytesToHex(rootOf(record, inclusion));
  if (root !== header.merkle_root) {
    throw new ProofError(
      "ROOT_MISMATCH",
      "record",
      `expected record and path to lead to the root ${header.merkle_root}, got ${root}`,
    );
  }
}

function rootOf(record: ChangeRecord, { leaf_index, tree_size, path }: ProofFile["inclusion"]): Uint8Array {
  try {
    return rootFromInclusion({
      leafHash: hashLeaf(encodeRecord(record)),
      index: leaf_index,
      size: tree_size,
      proof: path.map(hexToBytes),
    });
  } catch (cause) {
    if (!(cause instanceof MerkleError)) throw cause;
    throw new ProofError("INCLUSION_MALFORMED", "inclusion", cause.message, cause);
  }
}

/** Checks that a record may stand in the batch of this header. Throws HEADER_MISMATCH. */
export function verifyRecordBelongs(record: ChangeRecord, header: Header, place: string): void {
  for (const name of ["database", "schema", "table"] as const) {
    if (record[name] !== header[name]) {
      throw new ProofError("HEADER_MISMATCH", `${place}.${name}`, "expected the header's");
    }
  }
  const isPoison = record.operation === "POISON";
  if (
    isPoison !== (record.table === null) ||
    isPoison !== (record.raw !== null) ||
    isPoison !== (record.reason !== null)
  ) {
    throw new ProofError(
      "HEADER_MISMATCH",
      `${place}.operation`,
      "expected POISON in the control chain and nowhere else",
    );
  }
  if (!Object.hasOwn(header.operations, record.operation)) {
    throw new ProofError("HEADER_MISMATCH", `${place}.operation`, "expected one that the header counts");
  }
  const { position } = record;
  if (comparePositions(position, header.first_position) < 0 || comparePositions(position, header.last_position) > 0) {
    throw new ProofError("HEADER_MISMATCH", `${place}.position`, "expected one between the header's first and last");
  }
}

/** Checks that a batch bears the name that its header gives it. Throws HEADER_MISMATCH. */
export function verifyBatchId(header: Header, id: string): void {
  const expected = batchId(header);
  if (id !== expected)
    throw new ProofError("HEADER_MISMATCH", "batch_id", `expected ${expected} from the header, got ${id}`);
}
