/** The reason for a refusal. */
export type ProofErrorCode =
  /**
   * The bytes are not the expected document: not UTF-8, not JSON, or with a member that is
   * missing, unknown, of the wrong type or out of bounds.
   */
  | "MALFORMED_DOCUMENT"
  /**
   * The JSON is not the canonical text of its content: a duplicate key, a number that no double
   * holds, another order or escape, a lone surrogate.
   */
  | "NOT_CANONICAL"
  /**
   * The document has more bytes, members or nesting than allowed. It was refused before parsing.
   */
  | "TOO_LARGE"
  /** This library does not know this version of the format. */
  | "UNSUPPORTED_VERSION"
  /** An image or entry does not match the record's commitment. */
  | "COMMITMENT_MISMATCH"
  /** The `payload.json` belongs to another batch, or to a batch that must have none. */
  | "PAYLOAD_MISMATCH"
  /** The inclusion proof does not fit its leaf index and tree size. */
  | "INCLUSION_MALFORMED"
  /** The leaf and the inclusion proof lead to another root than the header's. */
  | "ROOT_MISMATCH"
  /** The record, the batch id or the batch data contradict the header. */
  | "HEADER_MISMATCH"
  /** No header was given. */
  | "CHAIN_EMPTY"
  /** Batches are missing between two headers. */
  | "CHAIN_GAP"
  /** A header follows one that has the same or a higher `seq`. */
  | "CHAIN_REORDERED"
  /** Two different headers have the same `seq`. */
  | "CHAIN_FORKED"
  /** The `previous` of a header names another batch than the one before it. */
  | "BATCH_REPLACED"
  /** Two headers belong to different chains. */
  | "CHAIN_MIXED"
  /** The anchor holds another batch than the header's. */
  | "ANCHOR_MISMATCH"
  /** The anchor holds nothing under the claimed token. */
  | "ANCHOR_MISSING"
  /** The anchor's owner took the batch out of its chain. */
  | "ANCHOR_SUPERSEDED"
  /** The proof names an anchor that the caller does not trust. */
  | "ANCHOR_UNTRUSTED"
  /** The anchor gave no answer. */
  | "ANCHOR_UNCHECKED"
  /** An argument of the caller is invalid. */
  | "BAD_ARGUMENT"
  /**
   * The proof does not show a requested column, or single columns were requested of a `row`
   * commitment, which opens whole or not at all.
   */
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

/** The place and the cause of a refusal. */
export interface ProofErrorDetails {
  /** Path of the first place that is wrong, such as `headers[0].seq`. */
  readonly place: string;
  readonly cause?: unknown;
}

/** A refusal by this package. Callers compare `code`. The message never quotes a row's value. */
export class ProofError extends Error {
  override readonly name = "ProofError";
  readonly code: ProofErrorCode;
  /** Path of the first place that is wrong, such as `headers[0].seq`. */
  readonly place: string;

  constructor(code: ProofErrorCode, message: string, { place, cause }: ProofErrorDetails) {
    super(`${place}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = place;
  }

  /**
   * `tampered` if the content contradicts itself or its anchor; `could not check` if it could not
   * be read, or if no trusted anchor answered.
   */
  get verdict(): "tampered" | "could not check" {
    return UNCHECKED.has(this.code) ? "could not check" : "tampered";
  }
}
