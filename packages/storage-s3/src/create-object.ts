import { setTimeout as sleep } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { codeOf } from "@etrap/ledger";
import { failureOf } from "./answers.ts";
import { toStoreError } from "./describe-trouble.ts";
import { putObject } from "./put-object.ts";
import type { PutOutcome, PutRequest } from "./put-object.ts";
import { S3StoreError } from "./s3-store-error.ts";

/** The waits before a request is sent again, in milliseconds. */
const WAITS_MS = [50, 200, 800];

/** An object to create. */
export interface Creation {
  /** The key in the store, for messages. */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly request: PutRequest;
  /** Reads the object that stands under the key. */
  readonly read: () => Promise<Uint8Array | undefined>;
}

/**
 * Creates an object. Every answer that does not rule out that the object stands is settled by
 * reading the key, and the same bytes there are success. Rejects with KEY_CONFLICT, BAD_KEY,
 * OUTCOME_UNKNOWN or UNAVAILABLE.
 */
export async function createObject(client: S3Client, creation: Creation): Promise<void> {
  // Without conditions, a request would overwrite what stands. A second writer is not seen.
  if (!creation.request.isConditional && (await stands(creation))) return;
  let mayStand = false;
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await putObject(client, creation.request);
    if (outcome.kind === "stored") return;
    const waitMs = WAITS_MS[attempt];
    // The SDK sends a request again after a lost answer, and then it meets its own object.
    mayStand ||= outcome.kind === "taken" || outcome.kind === "unclear" || failureOf(outcome.error).attempts > 1;
    if (outcome.kind !== "again" || waitMs === undefined) {
      if (mayStand && (await stands(creation, outcome.error))) return;
      // A taken key without an object was removed meanwhile, or ends in a delete marker.
      if (outcome.kind !== "taken" || waitMs === undefined) throw notCreated(creation.key, outcome);
    }
    await sleep(waitMs);
  }
}

/**
 * Whether the object stands. Rejects with KEY_CONFLICT, and where the key cannot be read with
 * OUTCOME_UNKNOWN, or with the store's own error if no request was sent before.
 */
async function stands({ key, bytes, read }: Creation, error?: unknown): Promise<boolean> {
  let held: Uint8Array | undefined;
  try {
    held = await read();
  } catch (cause) {
    if (codeOf(cause) === "DAMAGED") throw conflict(key, cause);
    if (error === undefined) throw cause;
    throw toStoreError("OUTCOME_UNKNOWN", { place: key, error }, UNKNOWN_END);
  }
  if (held === undefined) return false;
  if (Buffer.compare(held, bytes) !== 0) throw conflict(key, error);
  return true;
}

const UNKNOWN_END = "; it is not known whether the object was created, so create it again";

function conflict(key: string, cause: unknown): S3StoreError {
  const message = `${key}: other content already stands under this key, and objects never change`;
  return new S3StoreError("KEY_CONFLICT", message, { cause });
}

function notCreated(key: string, { kind, error }: Exclude<PutOutcome, { kind: "stored" }>): S3StoreError {
  const { name, status } = failureOf(error);
  if (kind === "taken")
    return new S3StoreError("UNAVAILABLE", `${key}: the server says that the key is taken, and returns no object`, {
      cause: error,
    });
  if (name === "KeyTooLongError" || name === "XMinioInvalidObjectName")
    return toStoreError("BAD_KEY", { place: key, error }, "; the server does not take this key");
  // A request without an answer may still be on its way.
  if (kind === "unclear" && status === undefined)
    return toStoreError("OUTCOME_UNKNOWN", { place: key, error }, UNKNOWN_END);
  return toStoreError("UNAVAILABLE", { place: key, error });
}
