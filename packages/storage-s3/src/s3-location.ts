import { isKeySegment } from "@etrap/ledger";
import { S3StoreError } from "./s3-store-error.ts";

/** A bucket and the beginning of keys in it. */
export interface S3Location {
  readonly bucket: string;
  /** Segments of a key joined by `/`. Empty for the whole bucket. */
  readonly prefix: string;
}

/** The rules of AWS for names of general purpose buckets, which other servers share. */
const BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Whether a text is the name of a bucket: 3 to 63 of `a-z 0-9 . -`. */
export function isBucketName(text: string): boolean {
  return BUCKET.test(text);
}

/** Whether a text is a prefix: empty, or segments of a key joined by `/`. */
function isPrefix(text: string): boolean {
  return text === "" || text.split("/").every(isKeySegment);
}

/**
 * Parses `s3://bucket` or `s3://bucket/prefix`. One slash at the end is allowed. Throws
 * BAD_LOCATION.
 */
export function parseS3Location(text: string): S3Location {
  const [, bucket = "", path = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  const prefix = path.replace(/\/$/, "");
  const problem = problemOf({ bucket, prefix });
  if (problem !== undefined) throw new S3StoreError("BAD_LOCATION", `expected s3://bucket/prefix: ${problem}`);
  return { bucket, prefix };
}

/** Returns the problem of a location, undefined where it has none. */
export function problemOf({ bucket, prefix }: S3Location): string | undefined {
  if (!isBucketName(bucket))
    return "expected a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens, which begins and ends with a letter or digit";
  if (!isPrefix(prefix))
    return "expected a prefix of segments of A-Z a-z 0-9 _ - . % ~ joined by /, none of them empty, . or ..";
  return undefined;
}
