import { failureOf, troubleOf } from "./answers.ts";
import { S3StoreError } from "./s3-store-error.ts";
import type { S3StoreErrorCode, S3Trouble } from "./s3-store-error.ts";

/** A sentence for each cause: what is wrong, and what to do. */
const SENTENCES: Readonly<Record<S3Trouble, string>> = {
  ACCESS_DENIED: "access is denied; give these credentials the rights that docs/s3.md lists",
  ARCHIVED: "the object is archived; restore it, and keep ledgers out of archive classes",
  BUCKET_TAKEN: "another account owns a bucket of this name; choose another name",
  CHECKSUM_REFUSED:
    "the server refuses a request with a checksum; set requestChecksumCalculation to WHEN_REQUIRED (ETRAP_S3_CHECKSUMS)",
  CLOCK_SKEW:
    "the clock of this machine and that of the server differ by too much; set the clock, for example with NTP",
  CREDENTIALS_EXPIRED: "the credentials are expired; renew them",
  CREDENTIALS_MISSING:
    "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or give the machine a role",
  ENCRYPTION_REFUSED:
    "the server does not encrypt as asked; check the KMS key, its policy and its region, or the encryption setting",
  KEY_UNKNOWN: "the server does not know the access key; check AWS_ACCESS_KEY_ID and the endpoint",
  LOCK_REFUSED: "the bucket cannot lock objects; turn on versioning and Object Lock for the bucket, or unset the lock",
  NOT_CONDITIONAL:
    "the server does not honour conditional creates (If-None-Match: *), so two writers could overwrite each other",
  NOT_S3: "the answer is not one of S3; check the endpoint",
  NO_BUCKET: "the bucket does not exist; create it, or check its name, the region and the endpoint",
  SECRET_WRONG: "the signature is not valid; check AWS_SECRET_ACCESS_KEY",
  SERVER_ERROR: "the server failed",
  THROTTLED: "the server asks for fewer requests",
  TIMED_OUT: "the server did not answer in time",
  TLS_REFUSED:
    "the TLS connection failed; check http or https in the endpoint, and the server's certificate (NODE_EXTRA_CA_CERTS names further ones)",
  TRANSFER_BROKEN: "the connection was cut or its bytes were damaged",
  UNREACHABLE: "the server cannot be reached; check the network and the endpoint",
  WRONG_REGION: "the bucket is in another region; set AWS_REGION to the region of the bucket",
  OTHER: "the request failed",
};

/** Returns the sentence of a cause, with the name and status that the server or the system gave. */
export function sentenceOf(trouble: S3Trouble, error?: unknown): string {
  if (error === undefined) return SENTENCES[trouble];
  const { status, name } = failureOf(error);
  // The message of the SDK may quote the request, so only its name is shown.
  const facts = [/^[\w:.-]{1,64}$/.test(name) ? name : "unnamed", ...(status === undefined ? [] : [String(status)])];
  return `${SENTENCES[trouble]} (${facts.join(", ")})`;
}

/** An error and the place that it concerns, such as a key. */
export interface Trouble {
  readonly place: string;
  readonly error: unknown;
  /** The cause, where it is known better than the error tells. */
  readonly trouble?: S3Trouble;
}

/** Makes the `S3StoreError` of a failed request. `end` is added to the sentence. */
export function toStoreError(code: S3StoreErrorCode, { place, error, trouble }: Trouble, end = ""): S3StoreError {
  const cause = trouble ?? troubleOf(failureOf(error));
  return new S3StoreError(code, `${place}: ${sentenceOf(cause, error)}${end}`, { cause: error, trouble: cause });
}
