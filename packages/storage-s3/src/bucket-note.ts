/** The codes of a `BucketNote`. */
export type BucketNoteCode =
  | "CLOCK_OFF"
  | "LOCKS_ALL"
  | "LOCK_UNCHECKED"
  | "NOT_CONDITIONAL"
  | "PUBLIC_ACCESS_NOT_BLOCKED"
  | "VERSIONING_OFF";

/** A fact about a bucket that an operator should know. It does not stop the writer. */
export interface BucketNote {
  readonly code: BucketNoteCode;
  /** A sentence: what is so, and what to do. */
  readonly message: string;
}

const MESSAGES: Readonly<Record<BucketNoteCode, string>> = {
  CLOCK_OFF:
    "The clock of this machine differs from the server's by more than a minute. Set it, for example with NTP: batches carry its time.",
  LOCKS_ALL:
    "The bucket locks every new object by a default retention. Erasable values (payload.json) could not be erased. Remove the default, and let ETRAP_S3_LOCK lock slots and batch data.",
  LOCK_UNCHECKED:
    "These credentials may not read the bucket's lock (s3:GetBucketObjectLockConfiguration), so it is not known whether it is on.",
  NOT_CONDITIONAL:
    "The server does not honour conditional creates. Only the lease in Redis keeps two agents apart, so run a single agent.",
  PUBLIC_ACCESS_NOT_BLOCKED:
    "The server has no switch that blocks public access. Make sure that nobody else can read the bucket.",
  VERSIONING_OFF: "The server does not keep versions. An object that somebody deletes or overwrites is gone.",
};

/** Returns the note of a code. */
export function noteOf(code: BucketNoteCode): BucketNote {
  return { code, message: MESSAGES[code] };
}
