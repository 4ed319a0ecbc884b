import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { MAX_OBJECT_BYTES, messageOf } from "@etrap/ledger";
import { failureOf, isAbsent, isPassing, troubleOf } from "./answers.ts";
import { toStoreError } from "./describe-trouble.ts";
import { S3StoreError } from "./s3-store-error.ts";
import { send } from "./send.ts";

const gunzipAsync = promisify(gunzip);

/** The number of times that a body is asked for, when its transfer breaks or stalls. */
const READINGS = 3;

/** An object to read. */
export interface ReadRequest {
  readonly bucket: string;
  readonly key: string;
  /** The longest time without progress of a body, in milliseconds. */
  readonly stallMs: number;
}

/**
 * Reads an object, unpacked. Returns undefined where there is none. Rejects with DAMAGED for an
 * object that no store created, and with UNAVAILABLE.
 */
export async function readObject(client: S3Client, request: ReadRequest): Promise<Uint8Array | undefined> {
  for (let reading = 1; ; reading += 1) {
    try {
      const command = new GetObjectCommand({ Bucket: request.bucket, Key: request.key });
      const answer = await send(client, async () => client.send(command));
      // A web server that answers 200 to anything would be taken for one with damaged objects.
      if (answer.ETag === undefined) throw notS3(request.key);
      return await unpack(request.key, answer, await readBody(answer, request));
    } catch (error) {
      if (error instanceof S3StoreError) throw error;
      const failure = failureOf(error);
      if (isAbsent(failure)) return undefined;
      // The SDK repeats a request, but not a body that breaks after the headers came.
      const mayHelp = failure.status === undefined || isPassing(troubleOf(failure));
      if (mayHelp && reading < READINGS) continue;
      if (isOtherBytes(error)) throw otherBytes(request.key, error);
      throw toStoreError("UNAVAILABLE", { place: request.key, error });
    }
  }
}

/**
 * Reads a body of at most `MAX_OBJECT_BYTES`. The SDK checks its checksum. Rejects where no byte
 * comes for `stallMs`: a server may stop after the headers, and the SDK's limits end there.
 */
async function readBody({ Body, ContentLength }: GetObjectCommandOutput, request: ReadRequest): Promise<Buffer> {
  if (!(Body instanceof Readable)) throw new TypeError("expected the SDK for Node.js, whose bodies are streams");
  if (ContentLength !== undefined && ContentLength > MAX_OBJECT_BYTES) {
    Body.destroy();
    throw tooLarge(request.key);
  }
  const stall = setTimeout(() => Body.destroy(stalled()), request.stallMs);
  try {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of Body) {
      stall.refresh();
      size += part.length;
      if (size > MAX_OBJECT_BYTES) throw tooLarge(request.key);
      parts.push(part);
    }
    return Buffer.concat(parts);
  } finally {
    clearTimeout(stall);
    Body.destroy();
  }
}

async function unpack(
  key: string,
  { ContentEncoding = "" }: GetObjectCommandOutput,
  bytes: Buffer,
): Promise<Uint8Array> {
  const encodings = ContentEncoding.split(",").map((each) => each.trim().toLowerCase());
  // Some servers add `aws-chunked`, which describes the transfer and not the object.
  const known = encodings.filter((each) => each !== "" && each !== "identity" && each !== "aws-chunked");
  if (known.length === 0) return new Uint8Array(bytes);
  if (known.length > 1 || known[0] !== "gzip")
    throw new S3StoreError("DAMAGED", `${key}: expected the content encoding gzip or none`);
  try {
    // A few bytes can unpack to gigabytes, and whoever may write to the bucket chooses them.
    return new Uint8Array(await gunzipAsync(bytes, { maxOutputLength: MAX_OBJECT_BYTES }));
  } catch (cause) {
    throw new S3StoreError("DAMAGED", `${key}: expected gzip of at most ${MAX_OBJECT_BYTES} bytes unpacked`, { cause });
  }
}

function notS3(key: string): S3StoreError {
  const message = `${key}: the answer is not one of S3; check the endpoint`;
  return new S3StoreError("UNAVAILABLE", message, { trouble: "NOT_S3" });
}

function tooLarge(key: string): S3StoreError {
  return new S3StoreError("DAMAGED", `${key}: expected an object of at most ${MAX_OBJECT_BYTES} bytes`);
}

/** The SDK has no name for a body that does not match its checksum. */
function isOtherBytes(error: unknown): boolean {
  return messageOf(error).startsWith("Checksum mismatch");
}

function otherBytes(key: string, cause: unknown): S3StoreError {
  return new S3StoreError("DAMAGED", `${key}: expected bytes that match the checksum of the object`, { cause });
}

function stalled(): Error {
  return Object.assign(new Error("no byte came for too long"), { name: "TimeoutError" });
}
