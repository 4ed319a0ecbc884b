import { hashLeaf, rootFromInclusion, siblingSides } from "@etrap/merkle";
import { bytesToHex, hexToBytes } from "../bytes/digest.ts";
import { headerDigest } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import { isUndisclosed, undisclosedParts } from "../format/payload.ts";
import type { Payload, UndisclosedPart } from "../format/payload.ts";
import { parseProofFile } from "../format/proof-file.ts";
import type { ProofFile } from "../format/proof-file.ts";
import { encodeRecord } from "../format/record.ts";
import type { ChangeRecord } from "../format/record.ts";
import { ProofError } from "../proof-error.ts";
import { verifyAnchor } from "./verify-anchor.ts";
import type { AnchorClaim, AnchoredBatch, TrustedAnchor } from "./verify-anchor.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifyPayload } from "./verify-payload.ts";
import { verifyBatchId, verifyRecordBelongs } from "./verify-record.ts";

/** The facts that a proof file proves. */
export interface VerifiedProof {
  /**
   * `verified`: a trusted anchor holds the batch of the change, or a later batch of its chain.
   * `erased`: the same, but the file shows no value, because the values were erased or are
   * undisclosed; a file cannot tell which. `pending`: the file agrees with itself and no anchor was
   * asked. Pending is never an answer of "yes".
   */
  readonly verdict: "verified" | "erased" | "pending";
  readonly record: ChangeRecord;
  readonly payload: Payload;
  /** The parts that the record commits to and the file does not show. */
  readonly hidden: readonly UndisclosedPart[];
  readonly batchId: string;
  readonly header: Header;
  readonly headerDigest: string;
  /**
   * The anchor that the file claims for its last header, or null if it claims none. Nothing of it
   * is checked beyond what `anchored` confirms.
   */
  readonly claim: AnchorClaim | null;
  /** The data that a trusted anchor holds about the last header. Null if pending. */
  readonly anchored: AnchoredBatch | null;
}

/** Options of `verifyProof`. */
export interface VerifyOptions {
  /** The anchors that the caller trusts. Without this member, the verdict is `pending`. */
  readonly anchors?: readonly TrustedAnchor[];
}

/**
 * Checks a proof file. The headers must form a chain, the values must open the record's
 * commitments, the record must be a leaf under the first header's root, the batch id must be that
 * of the first header and, if anchors are given, one of them must hold the last header. Throws
 * ProofError with the first place that is wrong.
 */
export function verifyProof(file: Uint8Array, { anchors }: VerifyOptions = {}): VerifiedProof {
  const proof = parseProofFile(file);
  const { record, payload, anchor } = proof;
  const { first: header, last } = verifyChain(proof.headers);
  verifyPayload({ record, payload }, header.commitment, "payload");
  verifyInclusionInHeader(proof, header);
  verifyRecordBelongs(record, header, "record");
  verifyBatchId(header, proof.batch_id);
  const claim = anchor.kind === "pending" ? null : anchor;
  const anchored = claim === null || anchors === undefined ? null : verifyAnchor(last, claim, anchors);
  return {
    verdict: anchored === null ? "pending" : isUndisclosed(record, payload) ? "erased" : "verified",
    record,
    payload,
    hidden: undisclosedParts(record, payload),
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
    const message = `expected the header's leaf count ${header.leaf_count}, got ${size}`;
    throw new ProofError("HEADER_MISMATCH", message, { place: "inclusion.tree_size" });
  }
  if (index >= size || path.length !== siblingSides(index, size).length) {
    const message = `expected the path of a leaf in a tree of ${size}, got leaf ${index} with ${path.length} hashes`;
    throw new ProofError("INCLUSION_MALFORMED", message, { place: "inclusion" });
  }
  const leafHash = hashLeaf(encodeRecord(record));
  const root = bytesToHex(rootFromInclusion({ leafHash, index, size, proof: path.map(hexToBytes) }));
  if (root !== header.merkle_root) {
    const message = `expected record and path to lead to the root ${header.merkle_root}, got ${root}`;
    throw new ProofError("ROOT_MISMATCH", message, { place: "record" });
  }
}
