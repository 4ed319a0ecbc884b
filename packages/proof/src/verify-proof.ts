import { hashLeaf, rootFromInclusion, siblingSides } from "@etrap/merkle";
import { bytesToHex, hexToBytes } from "./digest.ts";
import { headerDigest } from "./header.ts";
import type { Header } from "./header.ts";
import type { HiddenPart, Payload } from "./payload.ts";
import { hiddenParts, isErased, verifyPayload } from "./payload.ts";
import { parseProofFile } from "./proof-file.ts";
import type { ProofFile } from "./proof-file.ts";
import { ProofError } from "./proof-error.ts";
import type { ChangeRecord } from "./record.ts";
import { encodeRecord } from "./record.ts";
import { verifyAnchor } from "./verify-anchor.ts";
import type { AnchorClaim, AnchoredBatch, TrustedAnchor } from "./verify-anchor.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifyBatchId, verifyRecordBelongs } from "./verify-record.ts";

/** What a proof file proved. */
export interface VerifiedProof {
  /**
   * `verified`: the change is in the record, by the word of an anchor that the caller trusts. `erased`: so too, but no value of it is shown,
   * because it was erased or was not disclosed: a file cannot tell which. `pending`: the file agrees with itself, and no anchor was asked:
   * never an answer of "yes".
   */
  readonly verdict: "verified" | "erased" | "pending";
  readonly record: ChangeRecord;
  readonly payload: Payload;
  /** What the record commits to and the file does not show. */
  readonly hidden: readonly HiddenPart[];
  readonly batchId: string;
  readonly header: Header;
  readonly headerDigest: string;
  /** Where the file says that the last of its headers is anchored; null where it says nothing. Not checked, beyond what `anchored` says. */
  readonly claim: AnchorClaim | null;
  /** What a trusted anchor holds of the batch itself, or of a later one that it is tied to; null when pending. */
  readonly anchored: AnchoredBatch | null;
}

/** What is trusted, which is for the caller to say and never for the file. */
export interface VerifyOptions {
  /** The anchors that are trusted. Without any, what the file says of its anchor stays a claim, and the verdict `pending`. */
  readonly anchors?: readonly TrustedAnchor[];
}

/**
 * Checks a proof file: its headers form one line, the values open the record's commitments, the record is a leaf under the first header's
 * root, the batch is named after that header and, where anchors are given, one of them holds the last header. Throws ProofError, whose
 * `place` is the first that differs.
 */
export function verifyProof(file: Uint8Array, { anchors }: VerifyOptions = {}): VerifiedProof {
  const proof = parseProofFile(file);
  const { record, payload, anchor } = proof;
  const { first: header, last } = verifyChain(proof.headers);
  verifyPayload(record, payload, header.commitment, "payload");
  verifyInclusionInHeader(proof, header);
  verifyRecordBelongs(record, header, "record");
  verifyBatchId(header, proof.batch_id);
  const claim = anchor.kind === "pending" ? null : anchor;
  const anchored = claim === null || anchors === undefined ? null : verifyAnchor(last, claim, anchors);
  return {
    verdict: anchored === null ? "pending" : isErased(record, payload) ? "erased" : "verified",
    record,
    payload,
    hidden: hiddenParts(record, payload),
    batchId: proof.batch_id,
    header,
    headerDigest: headerDigest(header),
    claim,
    anchored,
  };
}

function verifyInclusionInHeader({ record, inclusion }: ProofFile, header: Header): void {
  const { leaf_index: index, tree_size: size, path } = inclusion;
  if (size !== header.leaf_count) {
    throw new ProofError(
      "HEADER_MISMATCH",
      "inclusion.tree_size",
      `expected the header's leaf count ${header.leaf_count}, got ${size}`,
    );
  }
  if (index >= size || path.length !== siblingSides(index, size).length) {
    throw new ProofError("INCLUSION_MALFORMED", "inclusion", `expected the path of a leaf of ${size}`);
  }
  const leafHash = hashLeaf(encodeRecord(record));
  const root = bytesToHex(rootFromInclusion({ leafHash, index, size, proof: path.map(hexToBytes) }));
  if (root !== header.merkle_root) {
    throw new ProofError(
      "ROOT_MISMATCH",
      "record",
      `expected record and path to lead to the root ${header.merkle_root}, got ${root}`,
    );
  }
}
