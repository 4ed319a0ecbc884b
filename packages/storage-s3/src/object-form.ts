import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { PutObjectCommandInput, StorageClass } from "@aws-sdk/client-s3";
import { parseSlotKey } from "@etrap/ledger";

const gzipAsync = promisify(gzip);

/**
 * Encryption at rest: by keys of S3 itself, or by a KMS key. Default key: the one of the account.
 */
export type Encryption = { readonly kind: "s3" } | { readonly kind: "kms"; readonly keyId?: string };

/** Object Lock of slots and batch data. */
export interface ObjectLock {
  /** COMPLIANCE binds everybody. GOVERNANCE can be lifted with `s3:BypassGovernanceRetention`. */
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  /** The days from the creation of an object, 1 to 36 500. */
  readonly days: number;
}

/** The form in which objects are stored. Objects of any form are read. */
export interface ObjectForm {
  /** Whether to store objects as gzip, with the header `Content-Encoding: gzip`. Default: false. */
  readonly compress?: boolean | undefined;
  /** Default: what the bucket does by itself. */
  readonly encryption?: Encryption | undefined;
  /**
   * Such as STANDARD_IA. Classes that must be restored before reading are no place for a ledger.
   */
  readonly storageClass?: StorageClass | undefined;
  /** Default: no lock. payload.json is never locked, since its values may have to be erased. */
  readonly lock?: ObjectLock | undefined;
}

/** The part of a PutObject request that an object and its form decide. */
export interface PutBody extends Omit<PutObjectCommandInput, "Bucket" | "Key" | "Body"> {
  readonly Body: Uint8Array;
}

/**
 * Makes the request that stores `bytes` under a key. `sendsChecksum` is false for servers that
 * refuse one. A lock needs a checksum always.
 */
export async function putBody(
  { key, bytes }: { readonly key: string; readonly bytes: Uint8Array },
  form: ObjectForm,
  sendsChecksum: boolean,
): Promise<PutBody> {
  // A copy, so that the caller may reuse its buffer. A Buffer, since a stream is sent without a
  // signed digest, and could not be sent again.
  const body = form.compress === true ? await gzipAsync(bytes) : Buffer.from(bytes);
  const lock = isLocked(key) ? form.lock : undefined;
  return {
    Body: body,
    ContentType: key.endsWith(".json") ? "application/json" : "application/octet-stream",
    ...(form.compress === true && { ContentEncoding: "gzip" }),
    // The server checks the bytes against it, keeps it, and gives it back with the object.
    ...((sendsChecksum || lock !== undefined) && { ChecksumAlgorithm: "SHA256" }),
    ...encryptionOf(form.encryption),
    ...(form.storageClass !== undefined && { StorageClass: form.storageClass }),
    ...(lock && {
      ObjectLockMode: lock.mode,
      ObjectLockRetainUntilDate: new Date(Date.now() + lock.days * 86_400_000),
    }),
  };
}

/** Whether an object is locked: the slots, which hold the ledger, and the batches they name. */
function isLocked(key: string): boolean {
  return parseSlotKey(key) !== undefined || key.endsWith("/batch-data.json");
}

function encryptionOf(
  encryption: Encryption | undefined,
): Pick<PutObjectCommandInput, "ServerSideEncryption" | "SSEKMSKeyId"> {
  if (encryption === undefined) return {};
  if (encryption.kind === "s3") return { ServerSideEncryption: "AES256" };
  const { keyId } = encryption;
  return { ServerSideEncryption: "aws:kms", ...(keyId !== undefined && { SSEKMSKeyId: keyId }) };
}
