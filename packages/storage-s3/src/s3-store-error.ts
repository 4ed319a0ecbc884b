import type { StoreErrorCode } from "@etrap/ledger";

/** The codes of an `S3StoreError`. */
export type S3StoreErrorCode =
  | StoreErrorCode
  /** The text is not `s3://bucket` or `s3://bucket/prefix` with a valid bucket and prefix. */
  | "BAD_LOCATION"
  /** The bucket cannot hold a ledger as it is set up. The message says what to change. */
  | "BUCKET_UNUSABLE";

/** The cause of a failed request, whatever the server calls it. */
export type S3Trouble =
  | "ACCESS_DENIED"
  | "ARCHIVED"
  | "BUCKET_TAKEN"
  | "CHECKSUM_REFUSED"
  | "CLOCK_SKEW"
  | "CREDENTIALS_EXPIRED"
  | "CREDENTIALS_MISSING"
  | "ENCRYPTION_REFUSED"
  | "KEY_UNKNOWN"
  | "LOCK_REFUSED"
  | "NOT_CONDITIONAL"
  | "NOT_S3"
  | "NO_BUCKET"
  | "SECRET_WRONG"
  | "SERVER_ERROR"
  | "THROTTLED"
  | "TIMED_OUT"
  | "TLS_REFUSED"
  | "TRANSFER_BROKEN"
  | "UNREACHABLE"
  | "WRONG_REGION"
  | "OTHER";

/** Options of an `S3StoreError`. */
export interface S3StoreErrorOptions {
  readonly cause?: unknown;
  readonly trouble?: S3Trouble;
}

/**
 * A refusal by this package. `code` is for programs that handle any store, `trouble` tells causes
 * of S3 apart, and `cause` is the error of the SDK. The message holds no secret and nothing that
 * the server wrote.
 */
export class S3StoreError extends Error {
  override readonly name = "S3StoreError";
  readonly code: S3StoreErrorCode;
  readonly trouble: S3Trouble | undefined;

  constructor(code: S3StoreErrorCode, message: string, { cause, trouble }: S3StoreErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.trouble = trouble;
  }
}
