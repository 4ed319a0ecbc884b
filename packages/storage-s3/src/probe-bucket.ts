import { randomUUID } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { failureOf } from "./answers.ts";
import { putBody } from "./object-form.ts";
import type { Encryption, ObjectForm } from "./object-form.ts";
import { putObject } from "./put-object.ts";
import type { PutOutcome } from "./put-object.ts";
import { readObject } from "./read-object.ts";
import { S3StoreError } from "./s3-store-error.ts";
import type { S3Trouble } from "./s3-store-error.ts";
import type { S3StoreParts } from "./s3-store.ts";

/** The finding of a probe. */
export interface Probed {
  /** Whether the second creation of one key was refused with 412 and changed nothing. */
  readonly isConditional: boolean;
}

const textOf = (name: string): Uint8Array => new TextEncoder().encode(`{"probe":"${name}"}`);
const [FIRST, SECOND] = [textOf("first"), textOf("second")];

/**
 * Creates one key twice, in the form that objects will have, and reads it. Rejects with the cause
 * where the first creation fails, and with ENCRYPTION_REFUSED where the server does not confirm the
 * encryption.
 */
export async function probeBucket(parts: S3StoreParts, form: ObjectForm): Promise<Probed> {
  const probe = await createProbe(parts);
  try {
    const first = await probe.put(FIRST, form, true);
    if (first.kind !== "stored") return await explainRefusal(probe, form, first);
    if (!isEncrypted(form.encryption, first.answer.ServerSideEncryption)) throw found("ENCRYPTION_REFUSED");
    const second = await probe.put(SECOND, form, true);
    // No answer to a condition at all, such as 503, says nothing about conditions.
    if (second.kind === "unclear") throw second.error;
    const held = await probe.read();
    const isFirst = isSame(held, FIRST);
    if (!isFirst && !isSame(held, SECOND)) throw found("NOT_S3");
    return { isConditional: isFirst && second.kind === "taken" };
  } finally {
    await probe.remove();
  }
}

/** One key, which exists only while it is probed. */
interface Probe {
  put(bytes: Uint8Array, form: ObjectForm, isConditional: boolean): Promise<PutOutcome>;
  read(): Promise<Uint8Array | undefined>;
  /** Removes the object where that is allowed. A lifecycle rule removes what stays. */
  remove(): Promise<void>;
  readonly sendsChecksum: boolean;
}

async function createProbe({ client, bucket, prefix = "" }: S3StoreParts): Promise<Probe> {
  const key = `${prefix === "" ? "" : `${prefix}/`}.etrap/probes/${randomUUID()}.json`;
  const sendsChecksum = (await client.config.requestChecksumCalculation()) !== "WHEN_REQUIRED";
  return {
    sendsChecksum,
    async put(bytes, form, isConditional) {
      return putObject(client, {
        bucket,
        key,
        body: await putBody({ key, bytes }, form, sendsChecksum),
        isConditional,
      });
    },
    read: async () => readObject(client, { bucket, key, stallMs: 10_000 }),
    async remove() {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })).catch(() => undefined);
    },
  };
}

/**
 * Finds out why the first creation was refused, by sending less each time. Servers answer 400 or
 * 501 to whatever they do not know.
 */
async function explainRefusal(
  probe: Probe,
  form: ObjectForm,
  { error, kind }: Exclude<PutOutcome, { kind: "stored" }>,
): Promise<Probed> {
  const { status } = failureOf(error);
  const isUnknown = status === 400 || status === 501;
  if (!isUnknown && kind !== "taken" && status !== 304) throw error;
  const isStored = async (reduced: ObjectForm): Promise<boolean> =>
    (await probe.put(FIRST, reduced, false)).kind === "stored";
  if (await isStored(form)) return { isConditional: false };
  const { encryption, storageClass, ...plain } = form;
  if (encryption !== undefined && (await isStored({ ...plain, storageClass })))
    throw found("ENCRYPTION_REFUSED", error);
  if (isUnknown && probe.sendsChecksum && !(await isStored(plain))) throw found("CHECKSUM_REFUSED", error);
  throw error;
}

function isEncrypted(asked: Encryption | undefined, confirmed: string | undefined): boolean {
  if (asked === undefined) return true;
  return asked.kind === "s3" ? confirmed === "AES256" : confirmed?.startsWith("aws:kms") === true;
}

function isSame(held: Uint8Array | undefined, bytes: Uint8Array): boolean {
  return held !== undefined && Buffer.compare(held, bytes) === 0;
}

/** An error without a message is completed with the bucket's name by `prepareBucket`. */
function found(trouble: S3Trouble, cause?: unknown): S3StoreError {
  return new S3StoreError("BUCKET_UNUSABLE", "", { trouble, cause });
}
