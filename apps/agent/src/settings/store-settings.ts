import { isBucketName } from "@etrap/storage-s3";
import type { Environment } from "./process-variables.ts";
import { AUTO_BUCKET, parseS3, s3Variables } from "./s3-settings.ts";
import type { S3Settings } from "./s3-settings.ts";

/** The place of the ledger. */
export type StoreSettings =
  | { readonly kind: "folder"; readonly root: string }
  | (S3Settings & { readonly kind: "s3"; readonly bucket: string });

/** The settings, or every problem of them. Problems hold no value. */
export type ParsedStore =
  | { readonly kind: "valid"; readonly settings: StoreSettings }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** Returns a problem for each variable of S3 that has no effect on a folder. */
function meantForBucket(given: Environment): string[] {
  const isMeant = (variable: string): boolean =>
    (variable.startsWith("ETRAP_S3_") && given[variable] !== undefined) ||
    (variable === "ETRAP_ENABLE_COMPRESSION" && given[variable] === "true");
  return Array.from(s3Variables.keys())
    .filter(isMeant)
    .map((variable) => `${variable}: expected ETRAP_S3_BUCKET too, since this has no effect on a folder`);
}

/** Parses the variables that name the place of the ledger: a bucket, or else a folder. */
export function parseStore(given: Environment): ParsedStore {
  const { ETRAP_STORE_DIR: folder, ETRAP_S3_BUCKET: bucket, ETRAP_ORG_ID: organization = "" } = given;
  const named = bucket === AUTO_BUCKET ? `etrap-${organization}` : bucket;
  const s3 = parseS3({ ...given, ETRAP_S3_BUCKET: bucket === AUTO_BUCKET ? undefined : bucket });
  const problems = [
    ...(s3.kind === "invalid" ? s3.problems : []),
    ...(folder !== undefined && bucket !== undefined
      ? ["ETRAP_STORE_DIR: expected unset, since ETRAP_S3_BUCKET is set; the ledger is in one of the two"]
      : []),
    ...(bucket === undefined ? meantForBucket(given) : []),
    ...(bucket === AUTO_BUCKET && !isBucketName(`etrap-${organization}`)
      ? ["ETRAP_S3_BUCKET: etrap-{organization} is not a valid bucket name; name the bucket"]
      : []),
  ];
  if (s3.kind === "invalid" || problems.length > 0) return { kind: "invalid", problems };
  if (named !== undefined) return { kind: "valid", settings: { ...s3.settings, kind: "s3", bucket: named } };
  return { kind: "valid", settings: { kind: "folder", root: folder ?? `etrap-${organization}` } };
}
