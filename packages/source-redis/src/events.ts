/**
 * An event that the source reports while it works. Events hold names and counts, never the content
 * of an entry.
 */
export type RedisSourceEvent =
  | { readonly type: "redis-connected" }
  | { readonly type: "redis-disconnected" }
  /** No change has given the name of the database yet. */
  | { readonly type: "waiting-for-database" }
  /** The server does not say whether it evicts keys. */
  | { readonly type: "eviction-unchecked" }
  /** Another agent holds the lease. This one waits. */
  | { readonly type: "standby" }
  /** This agent holds the lease and reads. */
  | { readonly type: "leading" }
  /** A stream is read from now on, from its committed position. */
  | { readonly type: "stream-found"; readonly stream: string; readonly committed: string }
  /**
   * Entries were trimmed, or deleted from the beginning of what was to be read, before they were
   * read. `count` is null where the server does not know the number. Reported when the gap is
   * delivered, and so again when it is delivered again.
   */
  | { readonly type: "entries-lost"; readonly stream: string; readonly count: number | null }
  /**
   * It cannot be decided whether the stream lost entries. Reported once for each period in which
   * this is so.
   */
  | { readonly type: "loss-untold"; readonly stream: string; readonly reason: UntoldReason }
  /** Entries are kept because another consumer group has not read and acknowledged them. */
  | { readonly type: "retention-held-back"; readonly stream: string; readonly group: string };

/** Why it cannot be decided whether a stream lost entries. */
export type UntoldReason =
  /** Entries were deleted from the middle of what is still to be read. */
  | "entries-deleted"
  /** The server has not counted the entries that were read. */
  | "not-counted";
