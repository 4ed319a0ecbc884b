import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { failureOf, isConflict, isPassing, troubleOf } from "./answers.ts";
import { noteOf } from "./bucket-note.ts";
import type { BucketNote } from "./bucket-note.ts";
import { checkLock } from "./check-lock.ts";
import { createBucket } from "./create-bucket.ts";
import { sentenceOf } from "./describe-trouble.ts";
import type { ObjectForm } from "./object-form.ts";
import { probeBucket } from "./probe-bucket.ts";
import { problemOf } from "./s3-location.ts";
import { S3StoreError } from "./s3-store-error.ts";
import type { S3Trouble } from "./s3-store-error.ts";
import { send } from "./send.ts";
import type { S3StoreParts } from "./s3-store.ts";

/** Options of `prepareBucket`: the form in which objects will be stored, and what is allowed. */
export interface PrepareOptions extends ObjectForm {
  /** Whether to create the bucket where it is missing. Default: false. */
  readonly mayCreate?: boolean;
  /**
   * Whether a server without conditional creates is accepted. Then only one process may write at
   * any time. Default: false.
   */
  readonly isSingleWriter?: boolean;
}

/** A bucket that can hold a ledger. */
export interface PreparedBucket {
  readonly isCreated: boolean;
  /** The option `isConditional` of `createS3Store`. */
  readonly isConditional: boolean;
  /** What an operator should know. */
  readonly notes: readonly BucketNote[];
}

/** The clock of a machine should not be off by more than this, in milliseconds. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Makes sure that a bucket can hold a ledger. Creates it where that is allowed, with versioning,
 * and with Object Lock if asked for, and closed to the public. Then creates an object under
 * `.etrap/probes/` twice: only success and then 412 show that the server creates an object once.
 * The probe is deleted where these credentials may do so.
 *
 * Rejects with BAD_LOCATION, with BUCKET_UNUSABLE for what somebody must change, and with
 * UNAVAILABLE for what passes.
 */
export async function prepareBucket(parts: S3StoreParts, options: PrepareOptions = {}): Promise<PreparedBucket> {
  const { client, bucket, prefix = "" } = parts;
  const problem = problemOf({ bucket, prefix });
  if (problem !== undefined) throw new S3StoreError("BAD_LOCATION", problem);
  try {
    const isMissing = !(await isThere(parts));
    if (isMissing && options.mayCreate !== true) throw unusable(parts, "NO_BUCKET");
    const notes = isMissing ? await createBucket(client, bucket, options.lock !== undefined) : [];
    notes.push(...(await checkLock(client, bucket, options.lock)));
    const { isConditional } = await probeBucket(parts, options);
    if (!isConditional) {
      if (options.isSingleWriter !== true) throw unusable(parts, "NOT_CONDITIONAL");
      notes.push(noteOf("NOT_CONDITIONAL"));
    }
    if (Math.abs(client.config.systemClockOffset) > CLOCK_TOLERANCE_MS) notes.push(noteOf("CLOCK_OFF"));
    return { isCreated: isMissing, isConditional, notes };
  } catch (error) {
    throw await explained(parts, error);
  }
}

/** Whether the bucket exists. A listing names the cause of a refusal, which HeadBucket does not. */
async function isThere({ client, bucket, prefix = "" }: S3StoreParts): Promise<boolean> {
  try {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 });
    const page = await send(client, async () => client.send(command));
    if (page.IsTruncated === undefined) throw new S3StoreError("BUCKET_UNUSABLE", "", { trouble: "NOT_S3" });
    return true;
  } catch (error) {
    if (troubleOf(failureOf(error)) === "NO_BUCKET") return false;
    throw error;
  }
}

const ADVICE: Partial<Readonly<Record<S3Trouble, string>>> = {
  NO_BUCKET: ", or allow this program to create it",
  NOT_CONDITIONAL: "; use another server, or make sure that only one agent runs and say so with --single-writer",
};

function unusable({ bucket }: S3StoreParts, trouble: S3Trouble, error?: unknown): S3StoreError {
  const message = `s3://${bucket}: ${sentenceOf(trouble, error)}${ADVICE[trouble] ?? ""}`;
  return new S3StoreError("BUCKET_UNUSABLE", message, { trouble, cause: error });
}

/** Turns any error of the preparation into one that says what to do. */
async function explained(parts: S3StoreParts, error: unknown): Promise<S3StoreError> {
  const known = error instanceof S3StoreError ? error.trouble : undefined;
  if (error instanceof S3StoreError && error.message !== "") return error;
  const failure = failureOf(error);
  const trouble = known ?? troubleOf(failure);
  const shown = unusable(parts, trouble, known === undefined ? error : undefined);
  const hint = trouble === "WRONG_REGION" ? regionHint(error) : await pathStyleHint(parts, trouble);
  const code = isPassing(trouble) || isConflict(failure) ? "UNAVAILABLE" : "BUCKET_UNUSABLE";
  return new S3StoreError(code, shown.message + hint, { trouble, cause: error });
}

/** The server names the bucket's region in a header of its refusal. */
function regionHint(error: unknown): string {
  const { $response: response } = Object(error);
  const region: unknown = response?.headers?.["x-amz-bucket-region"] ?? Object(error).Region;
  return typeof region === "string" && /^[a-z0-9-]{1,40}$/.test(region) ? `; the bucket is in ${region}` : "";
}

/**
 * By default, the SDK puts the bucket's name before the host's, which many servers do not serve.
 */
async function pathStyleHint({ client }: S3StoreParts, trouble: S3Trouble): Promise<string> {
  const isOwnEndpoint = client.config.endpoint !== undefined && !client.config.forcePathStyle;
  const maybe = trouble === "UNREACHABLE" || trouble === "NOT_S3" || trouble === "OTHER";
  return isOwnEndpoint && maybe
    ? "; if this server does not serve bucket names as host names, set forcePathStyle (ETRAP_S3_PATH_STYLE=true)"
    : "";
}
