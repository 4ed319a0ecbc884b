/** Why a document or a proof was refused. */
export type ProofErrorCode =
  /** Not the document it should be: not UTF-8, not JSON, a member missing, unknown, of the wrong type or beyond its bound. */
  | "MALFORMED_DOCUMENT"
  /** JSON, but not the one canonical text of its content: a duplicate key, an unsafe number, another order or escape, a lone surrogate. */
  | "NOT_CANONICAL"
  /** More bytes than the document's bound; refused before parsing. */
  | "TOO_LARGE"
  /** A version of the format that this library does not know. */
  | "UNSUPPORTED_VERSION"
  /** An image or entry is not the one that the record commits to. */
  | "COMMITMENT_MISMATCH"
  /** payload.json is another batch's. */
  | "PAYLOAD_MISMATCH"
  /** The inclusion proof cannot belong to this leaf index and tree size. */
  | "INCLUSION_MALFORMED"
  /** The leaf and the inclusion proof lead to another root than the header's. */
  | "ROOT_MISMATCH"
  /** The record, the batch id or the batch data disagree with the header. */
  | "HEADER_MISMATCH"
  /** There is no header. */
  | "CHAIN_EMPTY"
  /** Batches are missing between two headers. */
  | "CHAIN_GAP"
  /** A header stands behind one that comes after it. */
  | "CHAIN_REORDERED"
  /** Two headers claim one place in the chain. */
  | "CHAIN_FORKED"
  /** A header names another batch before it than the one that is there. */
  | "BATCH_REPLACED"
  /** Two headers are not of one chain. */
  | "CHAIN_MIXED"
  /** The anchor holds another batch than the header's. */
  | "ANCHOR_MISMATCH"
  /** Nothing is anchored where the proof says. */
  | "ANCHOR_MISSING"
  /** The proof names an anchor that is not among the trusted ones. */
  | "ANCHOR_UNTRUSTED"
  /** The anchor gave no answer. */
  | "ANCHOR_UNCHECKED"
  /** What the caller gave, and no document, is not what it must be. */
  | "BAD_ARGUMENT"
  /** A column was to be shown that the proof does not hold, or some columns of a `row` commitment, which opens whole or not at all. */
  | "NOT_DISCLOSABLE";

const UNCHECKED: ReadonlySet<ProofErrorCode> = new Set([
  "MALFORMED_DOCUMENT",
  "NOT_CANONICAL",
  "TOO_LARGE",
  "UNSUPPORTED_VERSION",
  "CHAIN_EMPTY",
  "ANCHOR_UNTRUSTED",
  "ANCHOR_UNCHECKED",
  "BAD_ARGUMENT",
  "NOT_DISCLOSABLE",
]);

/** A refusal by this package. Compare `code`; `place` is the first place that differs, as a path such as `headers[0].seq`. */
export class ProofError extends Error {
  override readonly name = "ProofError";
  readonly code: ProofErrorCode;
  readonly place: string;

  constructor(code: ProofErrorCode, place: string, message: string, cause?: unknown) {
    super(`${place}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = place;
  }

  /** `tampered` where the content contradicts itself, `could not check` where it could not be read, or nobody could be asked. */
  get verdict(): "tampered" | "could not check" {
    return UNCHECKED.has(this.code) ? "could not check" : "tampered";
  }
}
