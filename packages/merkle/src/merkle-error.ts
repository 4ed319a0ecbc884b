/** The reason for a refusal. */
export type MerkleErrorCode =
  /** The data of a leaf is not a Uint8Array. */
  | "BAD_LEAF"
  /** A hash is not a Uint8Array of 32 bytes. */
  | "BAD_HASH"
  /** The `hash` option is not SHA-256. */
  | "NOT_SHA256"
  /** A size is not a safe integer ≥ 0, or a tree of this size has no such root or proof. */
  | "BAD_SIZE"
  /**
   * An index is not a safe integer with 0 ≤ index < size, or a list of indices is empty or not
   * ascending.
   */
  | "BAD_INDEX"
  /** A proof is not an array, or has more or fewer hashes than this index and size need. */
  | "BAD_PROOF_LENGTH"
  /** The value is not the state of a root builder. */
  | "BAD_STATE"
  /** The proof leads to another root. */
  | "ROOT_MISMATCH";

/** A refusal by this package. Callers compare `code`. */
export class MerkleError extends Error {
  override readonly name = "MerkleError";
  readonly code: MerkleErrorCode;

  constructor(code: MerkleErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
