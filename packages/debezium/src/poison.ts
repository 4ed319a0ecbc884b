/** Why an entry cannot be decoded. */
export type PoisonReason =
  /** Neither `extended` nor `compact`, or not a change event inside. */
  | "UNKNOWN_SHAPE"
  | "NOT_UTF8"
  | "NOT_JSON"
  /** Two members of one name with different values. */
  | "DUPLICATE_KEY"
  /** Nested deeper than any row can be. */
  | "TOO_DEEP"
  /** More than 64 MiB. */
  | "ENTRY_TOO_LARGE"
  /** `op` is none of c, u, d, r, t, m. */
  | "UNKNOWN_OPERATION"
  /** No `source` of a PostgreSQL connector with schema and table. */
  | "MISSING_SOURCE"
  /** A fault of this decoder; the entry is kept, so that a later one can read it. */
  | "DECODER_FAILED";

/** Thrown inside the decoder where an entry cannot be decoded; never leaves it. */
export class PoisonedEntry extends Error {
  readonly reason: PoisonReason;

  constructor(reason: PoisonReason) {
    super(reason);
    this.reason = reason;
  }
}
