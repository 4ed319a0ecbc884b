import type { S3Trouble } from "./s3-store-error.ts";

/** The facts of a failed request. */
export interface Failure {
  /** The HTTP status, undefined where no answer came. */
  readonly status: number | undefined;
  /** The error code of the server, of the SDK or of the operating system. */
  readonly name: string;
  /** The number of requests that were sent. The SDK repeats a request on its own. */
  readonly attempts: number;
}

/** Returns the facts of an error that the SDK threw. */
export function failureOf(error: unknown): Failure {
  const metadata = member(error, "$metadata");
  const [status, attempts] = [member(metadata, "httpStatusCode"), member(metadata, "attempts")];
  return {
    status: typeof status === "number" ? status : statusOf(error),
    name: nameOf(error),
    attempts: typeof attempts === "number" ? attempts : 1,
  };
}

/** An answer that cannot be parsed has its status here alone. */
function statusOf(error: unknown): number | undefined {
  const status = member(member(error, "$response"), "statusCode");
  return typeof status === "number" ? status : undefined;
}

/** A wrapped error of several addresses has no code of its own. */
function nameOf(error: unknown): string {
  const errno = member(error, "code");
  if (typeof errno === "string" && errno !== "") return errno;
  const name = member(error, "name");
  return typeof name === "string" ? name : "Unknown";
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/**
 * Whether the server says that the key is taken. Its names for this differ, its status does not.
 */
export function isTaken({ status }: Failure): boolean {
  return status === 412;
}

const CONFLICTS = new Set(["ConditionalRequestConflict", "OperationAborted"]);

/**
 * Whether another operation on the key or bucket got in the way. The request did nothing and is to
 * be repeated. It says nothing about the object.
 */
export function isConflict({ status, name }: Failure): boolean {
  return status === 409 && CONFLICTS.has(name);
}

/** Whether the server says that there is no such object. A missing bucket is another answer. */
export function isAbsent({ status, name }: Failure): boolean {
  return status === 404 && name === "NoSuchKey";
}

/** The causes by the server's own name, where every server uses the same. */
const BY_NAME: Readonly<Record<string, S3Trouble>> = {
  NoSuchBucket: "NO_BUCKET",
  BucketAlreadyExists: "BUCKET_TAKEN",
  InvalidAccessKeyId: "KEY_UNKNOWN",
  XAdminUserNotFound: "KEY_UNKNOWN",
  SignatureDoesNotMatch: "SECRET_WRONG",
  ExpiredToken: "CREDENTIALS_EXPIRED",
  ExpiredTokenException: "CREDENTIALS_EXPIRED",
  TokenRefreshRequired: "CREDENTIALS_EXPIRED",
  CredentialsProviderError: "CREDENTIALS_MISSING",
  TokenProviderError: "CREDENTIALS_MISSING",
  RequestTimeTooSkewed: "CLOCK_SKEW",
  RequestExpired: "CLOCK_SKEW",
  AuthorizationHeaderMalformed: "WRONG_REGION",
  PermanentRedirect: "WRONG_REGION",
  TemporaryRedirect: "WRONG_REGION",
  IllegalLocationConstraintException: "WRONG_REGION",
  BadDigest: "TRANSFER_BROKEN",
  XAmzContentChecksumMismatch: "TRANSFER_BROKEN",
  InvalidDigest: "TRANSFER_BROKEN",
  InvalidObjectState: "ARCHIVED",
  SlowDown: "THROTTLED",
  TooManyRequests: "THROTTLED",
  RequestTimeout: "TIMED_OUT",
  TimeoutError: "TIMED_OUT",
  AbortError: "TIMED_OUT",
  ETIMEDOUT: "TIMED_OUT",
  ECONNRESET: "TRANSFER_BROKEN",
  EPIPE: "TRANSFER_BROKEN",
  ECONNABORTED: "TRANSFER_BROKEN",
  ERR_STREAM_PREMATURE_CLOSE: "TRANSFER_BROKEN",
  ECONNREFUSED: "UNREACHABLE",
  ENOTFOUND: "UNREACHABLE",
  EAI_AGAIN: "UNREACHABLE",
  EHOSTUNREACH: "UNREACHABLE",
  ENETUNREACH: "UNREACHABLE",
};

const BY_STATUS: Readonly<Record<number, S3Trouble>> = {
  301: "WRONG_REGION",
  307: "WRONG_REGION",
  403: "ACCESS_DENIED",
  429: "THROTTLED",
  503: "THROTTLED",
};

/** Returns the cause of a failed request. */
export function troubleOf(failure: Failure): S3Trouble {
  const { status, name } = failure;
  const named = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (named !== undefined) return named;
  if (/^(kms:|KMS)/i.test(name)) return "ENCRYPTION_REFUSED";
  if (/^(EPROTO$|ERR_(TLS|SSL)_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/.test(name)) return "TLS_REFUSED";
  if (status === undefined) return name === "SyntaxError" ? "NOT_S3" : "OTHER";
  return BY_STATUS[status] ?? (status >= 500 ? "SERVER_ERROR" : status < 400 ? "NOT_S3" : "OTHER");
}

/** The causes that pass without anybody's help. */
const PASSING: ReadonlySet<S3Trouble> = new Set([
  "SERVER_ERROR",
  "THROTTLED",
  "TIMED_OUT",
  "TRANSFER_BROKEN",
  "UNREACHABLE",
]);

/** Whether a cause passes without anybody's help. */
export function isPassing(trouble: S3Trouble): boolean {
  return PASSING.has(trouble);
}
