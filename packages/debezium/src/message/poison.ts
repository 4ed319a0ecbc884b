/** The reason why an entry cannot be decoded. */
type PoisonReason =
  /** The entry is neither `extended` nor `compact`, or its message is not a change event. */
  | "UNKNOWN_SHAPE"
  | "NOT_UTF8"
  | "NOT_JSON"
  /** A JSON object has two members with the same name and different values. */
  | "DUPLICATE_KEY"
  /** The JSON is nested deeper than any row can be. */
  | "TOO_DEEP"
  /** The entry is larger than the option `maxEntryBytes` allows. */
  | "ENTRY_TOO_LARGE"
  /** `op` is none of c, u, d, r, t, m. */
  | "UNKNOWN_OPERATION"
  /** There is no `source` of a PostgreSQL connector that names a schema and a table. */
  | "MISSING_SOURCE"
  /** The decoder has a bug. The entry is kept, so that a later version can decode it. */
  | "DECODER_FAILED";

/** Thrown inside the decoder for an entry that cannot be decoded. `createDecoder` catches it. */
export class PoisonedEntry extends Error {
  readonly reason: PoisonReason;

  constructor(reason: PoisonReason) {
    super(reason);
    this.reason = reason;
  }
}
