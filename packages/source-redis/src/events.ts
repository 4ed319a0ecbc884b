/**
 * An event that the source reports while it works. Events hold names and counts, never the content
 * of an entry.
 */
export type RedisSourceEvent =
  /** Redis can be used again, after one of the two events below. */
  | { readonly type: "redis-connected"; readonly awayMs: number }
  /**
   * No connection to Redis stands. Reported when it is lost, or cannot be made at the start, and
   * then once a minute while that lasts. `code` is the cause: a code of the system or of TLS
   * (`ECONNREFUSED`), a refused login (`WRONGPASS`), or `NO_CONNECTION` where none is known.
   */
  | TroubleEvent<"redis-disconnected">
  /**
   * Redis answers, but refuses a command that the source needs. `code` is the server's error word
   * (`READONLY`, `MISCONF`, `OOM`, `NOPERM` …). Each word is reported when it comes, and then once
   * a minute while that lasts.
   */
  | TroubleEvent<"redis-refused">
  /**
   * Redis has used nine tenths of its memory. `trims` says what the source does: it trims committed
   * entries before their retention is over (`early`), its retention is 0 (`always`), or it may not
   * trim (`never`). Reported when it begins, and then once a minute while that lasts.
   */
  | {
      readonly type: "memory-nearly-full";
      readonly used: number;
      readonly limit: number;
      readonly trims: "early" | "always" | "never";
    }
  /** No change has given the name of the database yet. */
  | { readonly type: "waiting-for-database" }
  /** The server does not say whether it evicts keys. */
  | { readonly type: "eviction-unchecked" }
  /** Another agent holds the lease: its name was read. This one waits. */
  | { readonly type: "standby" }
  /** This agent holds the lease and reads. */
  | { readonly type: "leading" }
  /**
   * A stream is read from now on, from its committed position. Reported again after a step back
   * where the position is another one.
   */
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

/** Redis cannot be used. `meaning` says in plain words what the code means. */
interface TroubleEvent<Type extends string> {
  readonly type: Type;
  readonly code: string;
  readonly meaning: string;
  readonly awayMs: number;
}
