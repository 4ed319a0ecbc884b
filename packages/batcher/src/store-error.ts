/** The codes that a store's errors bear, whatever package they come from. Compare codes, never classes. */
export type StoreErrorCode =
  /** Other bytes hold the key. */
  | "KEY_CONFLICT"
  /** It cannot be told whether the object was created. */
  | "OUTCOME_UNKNOWN"
  /** Nothing was written; a later try may succeed. */
  | "UNAVAILABLE"
  /** Not a key. */
  | "BAD_KEY";
