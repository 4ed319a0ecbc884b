import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { PutObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { failureOf, isConflict, isTaken, troubleOf } from "./answers.ts";
import type { Failure } from "./answers.ts";
import { sendTimeout } from "./client-options.ts";
import type { PutBody } from "./object-form.ts";
import { send } from "./send.ts";

/** The outcome of one PutObject. */
export type PutOutcome =
  | { readonly kind: "stored"; readonly answer: PutObjectCommandOutput }
  /** The key is taken, perhaps by an earlier attempt of this very request. */
  | { readonly kind: "taken"; readonly error: unknown }
  /** Another operation got in the way. The request did nothing, and is to be sent again. */
  | { readonly kind: "again"; readonly error: unknown }
  /** The server refused. Nothing was written. */
  | { readonly kind: "refused"; readonly error: unknown }
  /** It is not known whether the object was written, or will be. */
  | { readonly kind: "unclear"; readonly error: unknown };

/** A PutObject request. */
export interface PutRequest {
  readonly bucket: string;
  readonly key: string;
  readonly body: PutBody;
  /** Whether the object must not exist yet. */
  readonly isConditional: boolean;
}

/** Sends one PutObject request, and says what its answer means. Never rejects. */
export async function putObject(
  client: S3Client,
  { bucket, key, body, isConditional }: PutRequest,
): Promise<PutOutcome> {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    ...body,
    ...(isConditional && { IfNoneMatch: "*" }),
  });
  try {
    const options = { requestTimeout: sendTimeout(body.Body.length) };
    const answer = await send(client, async () => client.send(command, options));
    // Every S3 server answers with an ETag. A web server that answers 200 to anything stores
    // nothing.
    if (answer.ETag === undefined) return { kind: "unclear", error: notS3() };
    return { kind: "stored", answer };
  } catch (error) {
    return { kind: kindOf(failureOf(error)), error };
  }
}

function kindOf(failure: Failure): "taken" | "again" | "refused" | "unclear" {
  if (isTaken(failure)) return "taken";
  if (isConflict(failure)) return "again";
  const { status, attempts } = failure;
  if (troubleOf(failure) === "CREDENTIALS_MISSING") return "refused";
  // The answer is to the last attempt. An earlier one, whose answer was lost, may have succeeded.
  const isCertain = status !== undefined && status >= 300 && status < 500 && attempts === 1;
  return isCertain ? "refused" : "unclear";
}

function notS3(): Error {
  return Object.assign(new Error("a PutObject answer without an ETag"), {
    name: "NoETag",
    $response: { statusCode: 200 },
  });
}
