import { hashLeaf, MerkleError, rootFromInclusion } from "@etrap/merkle";
import { bytesToHex, hexToBytes } from "./digest.ts";
import { batchId, headerDigest } from "./header.ts";
import type { Header } from "./header.ts";
import type { HiddenPart, Payload } from "./payload.ts";
import { hiddenParts, isErased, verifyPayload } from "./payload.ts";
import { comparePositions } from "./position.ts";
import { parseProofFile } from "./proof-file.ts";
import type { ProofFile } from "./proof-file.ts";
import { ProofError } from "./proof-error.ts";
import type { ChangeRecord } from "./record.ts";
import { encodeRecord } from "./record.ts";
import { verifyAnchor } from "./verify-anchor.ts";
import type { AnchorCheck, AnchoredBatch } from "./verify-anchor.ts";
import { verifyChain } from "./verify-chain.ts";

/** What a proof file proved. */
export interface VerifiedProof {
  /**
   * `verified`: the change is in the record, and the anchor's own word was checked. `erased`: so too, but nothing of what it held is shown.
   * `pending`: the file agrees with itself, and no anchor was checked: never an answer of "yes".
   */
  readonly verdict: "verified" | "erased" | "pending";
  readonly record: ChangeRecord;
  readonly payload: Payload;
  /** What the record commits to and the file does not show. */
  readonly hidden: readonly HiddenPart[];
  readonly batchId: string;
  readonly header: Header;
  readonly headerDigest: string;
  /** What the anchor holds of the batch itself, or of a later one that it is tied to; null when pending. */
  readonly anchored: AnchoredBatch | null;
}

/** What is trusted, which is for the caller to say and never for the file. */
export interface VerifyOptions {
  /** Without it, an anchor in the file stays a claim, and the verdict `pending`. */
  readonly anchors?: AnchorCheck;
}

/**
 * Checks a proof file: the values open the record's commitments, the record is a leaf under the header's root, the header is the one that
 * the batch is named after, the headers form one line, and the last of them is the anchored one. Throws ProofError, whose `place` is the
 * first that differs.
 */
export function verifyProof(file: Uint8Array, { anchors }: VerifyOptions = {}): VerifiedProof {
  const proof = parseProofFile(file);
  const { record, payload, headers, anchor } = proof;
  const [header, last] = [headers[0], headers.at(-1)];
  if (header === undefined || last === undefined) {
    throw new ProofError("MALFORMED_DOCUMENT", "headers", "expected at least one header");
  }

  verifyPayload(record, payload, header.commitment, "payload");
  verifyInclusionInHeader(proof, header);
  verifyRecordBelongs(record, header, "record");
  verifyBatchId(header, proof.batch_id);
  verifyChain(headers);
  const anchored = anchor.kind === "pending" || anchors === undefined ? null : verifyAnchor(last, anchor, anchors);
  return {
    verdict: anchored === null ? "pending" : isErased(record, payload) ? "erased" : "verified",
    record,
    payload,
    hidden: hiddenParts(record, payload),
    batchId: proof.batch_id,
    header,
    headerDigest: headerDigest(header),
    anchored,
  };
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
