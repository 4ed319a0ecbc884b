/** Why an argument or a proof was refused. */
export type MerkleErrorCode =
  /** Leaf data that are no bytes. */
  | "BAD_LEAF"
  /** Not 32 bytes. */
  | "BAD_HASH"
  /** The `hash` that was given is not SHA-256. */
  | "NOT_SHA256"
  /** A size that is no safe integer ≥ 0, or no tree of this size has what was asked for. */
  | "BAD_SIZE"
  /** An index that is no safe integer with 0 ≤ index < size; of several, none, or not ascending. */
  | "BAD_INDEX"
  /** A proof that has more or fewer hashes than this index and size need, or is no array. */
  | "BAD_PROOF_LENGTH"
  /** Not the state of a root builder. */
  | "BAD_STATE"
  /** The proof leads to another root. */
  | "ROOT_MISMATCH";

/** A refusal by this package. Compare `code`. */
export class MerkleError extends Error {
  override readonly name = "MerkleError";
  readonly code: MerkleErrorCode;

  constructor(code: MerkleErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
