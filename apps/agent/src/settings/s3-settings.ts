import type { ObjectForm, ObjectLock } from "@etrap/storage-s3";
import { isBucketName, parseS3Location } from "@etrap/storage-s3";
import * as v from "valibot";
import { flag } from "./schemas/flag.ts";
import { text } from "./schemas/text.ts";
import { numberFrom } from "./schemas/whole-number.ts";
import { optional, withDefault } from "./schemas/with-default.ts";

/** The way to an S3 server. The SDK reads the credentials by itself. */
export interface S3Connection {
  readonly region: string;
  /** Undefined for AWS. */
  readonly endpoint: string | undefined;
  readonly isPathStyle: boolean;
  readonly checksums: "WHEN_SUPPORTED" | "WHEN_REQUIRED";
}

/** The settings of a store on S3. */
export interface S3Settings {
  /** Undefined where no bucket is given, `auto` for `etrap-{organization}`. */
  readonly bucket: string | undefined;
  readonly prefix: string;
  readonly connection: S3Connection;
  readonly form: ObjectForm;
}

/** The settings, or every problem of them. Problems hold no value. */
export type ParsedS3 =
  | { readonly kind: "valid"; readonly settings: S3Settings }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

type Given = Readonly<Record<string, string | undefined>>;

/** The value of ETRAP_S3_BUCKET for the bucket that is named after the organization. */
export const AUTO_BUCKET = "auto";

const bucketName = v.pipe(
  v.string(),
  v.check(
    (name) => isBucketName(name),
    "expected a bucket name (3 to 63 of a-z 0-9 . -, a letter or digit at both ends), or auto for etrap-{organization}",
  ),
);
const prefix = v.pipe(
  v.string(),
  v.check(isPrefix, "expected segments of A-Z a-z 0-9 _ - . % ~ joined by /, none of them empty, . or .."),
);
const endpoint = v.pipe(
  v.string(),
  v.check(isEndpoint, "expected http://host[:port] or https://host[:port], without user, path and query"),
);
const region = text("a region, such as eu-central-1", /^[a-z0-9-]{1,64}$/);
const choice = <const T extends readonly string[]>(...choices: T): v.GenericSchema<string, T[number]> =>
  v.picklist(choices, `expected ${choices.join(" or ")}`);

const schema = v.object({
  ETRAP_S3_BUCKET: optional(
    bucketName,
    "S3 bucket that holds the ledger, in place of a folder; auto for etrap-{organization}",
  ),
  ETRAP_S3_PREFIX: withDefault(prefix, "beginning of all keys in the bucket", ""),
  ETRAP_S3_ENDPOINT: optional(endpoint, "URL of an S3 server (default: AWS)"),
  ETRAP_S3_PATH_STYLE: withDefault(
    flag,
    "true: the server takes the bucket in the path, not in the host name",
    "false",
  ),
  ETRAP_S3_CHECKSUMS: withDefault(
    choice("when_supported", "when_required"),
    "when_required for servers that refuse the SDK's checksums",
    "when_supported",
  ),
  ETRAP_S3_ENCRYPTION: optional(choice("s3", "kms"), "encryption at rest: s3 or kms (default: the bucket's own)"),
  ETRAP_S3_KMS_KEY: optional(text("a KMS key", /^\S{1,2048}$/), "id or ARN of the KMS key (default: the account's)"),
  ETRAP_S3_STORAGE_CLASS: optional(
    choice("STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "REDUCED_REDUNDANCY"),
    "storage class (default: the bucket's own)",
  ),
  ETRAP_S3_LOCK: optional(choice("governance", "compliance"), "Object Lock of slots and batch data (default: none)"),
  ETRAP_S3_LOCK_DAYS: optional(numberFrom(1, 36_500), "days of the lock, from the creation of an object"),
  ETRAP_ENABLE_COMPRESSION: withDefault(flag, "true: store objects in S3 as gzip", "false"),
  AWS_REGION: optional(region, "region of the bucket (default: AWS_DEFAULT_REGION, or us-east-1)"),
  AWS_DEFAULT_REGION: optional(region, "region of the bucket where AWS_REGION is unset"),
});

/** Variables of AWS that the SDK reads by itself. */
const CREDENTIALS = {
  "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN": "credentials",
  AWS_PROFILE: "profile in ~/.aws with credentials or a role (default: default)",
  "AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE": "web identity; roles of ECS, EKS and EC2 are found too",
};

/** Every variable of S3, with its text in `--help`. */
export const s3Variables: ReadonlyMap<string, string> = new Map([
  ...Object.entries(schema.entries).map(([variable, entry]) => [variable, v.getDescription(entry) ?? ""] as const),
  ...Object.entries(CREDENTIALS),
]);

/** Parses the variables of S3. Reports every problem at once. */
export function parseS3(given: Given): ParsedS3 {
  const result = v.safeParse(schema, given);
  const problems = [
    ...(result.issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`),
    ...conflicts(given),
  ];
  if (!result.success || problems.length > 0) return { kind: "invalid", problems };
  return { kind: "valid", settings: toSettings(result.output) };
}

/** Returns a problem for each variable that needs another one. */
function conflicts(given: Given): string[] {
  const isSet = (variable: string): boolean => given[variable] !== undefined;
  const [lock, days] = ["ETRAP_S3_LOCK", "ETRAP_S3_LOCK_DAYS"];
  return [
    ...(isSet(lock) && !isSet(days) ? [`${days}: missing, since ${lock} is set`] : []),
    ...(!isSet(lock) && isSet(days) ? [`${lock}: missing, since ${days} is set`] : []),
    ...(isSet("ETRAP_S3_KMS_KEY") && given["ETRAP_S3_ENCRYPTION"] !== "kms"
      ? ["ETRAP_S3_ENCRYPTION: expected kms, since ETRAP_S3_KMS_KEY is set"]
      : []),
  ];
}

function toSettings(given: v.InferOutput<typeof schema>): S3Settings {
  return {
    bucket: given.ETRAP_S3_BUCKET,
    prefix: given.ETRAP_S3_PREFIX,
    connection: {
      region: given.AWS_REGION ?? given.AWS_DEFAULT_REGION ?? "us-east-1",
      endpoint: given.ETRAP_S3_ENDPOINT,
      isPathStyle: given.ETRAP_S3_PATH_STYLE,
      checksums: given.ETRAP_S3_CHECKSUMS === "when_required" ? "WHEN_REQUIRED" : "WHEN_SUPPORTED",
    },
    form: {
      compress: given.ETRAP_ENABLE_COMPRESSION,
      encryption: encryptionOf(given),
      storageClass: given.ETRAP_S3_STORAGE_CLASS,
      lock: lockOf(given),
    },
  };
}

function encryptionOf({
  ETRAP_S3_ENCRYPTION: kind,
  ETRAP_S3_KMS_KEY: keyId,
}: v.InferOutput<typeof schema>): ObjectForm["encryption"] {
  if (kind === undefined || kind === "s3") return kind && { kind };
  return { kind, ...(keyId !== undefined && { keyId }) };
}

function lockOf({
  ETRAP_S3_LOCK: lock,
  ETRAP_S3_LOCK_DAYS: days,
}: v.InferOutput<typeof schema>): ObjectLock | undefined {
  if (lock === undefined || days === undefined) return undefined;
  return { mode: lock === "governance" ? "GOVERNANCE" : "COMPLIANCE", days };
}

function isPrefix(given: string): boolean {
  try {
    return given === "" || parseS3Location(`s3://bucket/${given}`).prefix === given;
  } catch {
    return false;
  }
}

function isEndpoint(given: string): boolean {
  const url = URL.parse(given);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  return isHttp && url.username === "" && url.password === "" && url.pathname === "/" && !/[?#]/.test(given);
}
