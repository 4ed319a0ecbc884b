/** The codes that an anchor's errors bear, whatever package they come from; an adapter may have more. Compare codes, never classes. */
export type AnchorErrorCode =
  /** Nobody answered and nothing was sent; a later try may succeed. */
  | "UNAVAILABLE"
  /** It was sent, and it cannot be told whether it was minted. */
  | "OUTCOME_UNKNOWN"
  /** The chain's head on the anchor is not the batch before this one. */
  | "NOT_NEXT"
  /** Another root or digest is held under this batch's id. */
  | "BATCH_CONFLICT";
