import { CreateBucketCommand, PutBucketVersioningCommand, PutPublicAccessBlockCommand } from "@aws-sdk/client-s3";
import type { BucketLocationConstraint, S3Client } from "@aws-sdk/client-s3";
import { failureOf, troubleOf } from "./answers.ts";
import { noteOf } from "./bucket-note.ts";
import type { BucketNote } from "./bucket-note.ts";
import { S3StoreError } from "./s3-store-error.ts";

/**
 * Creates a bucket in the region of the client, with versioning and closed to the public. Returns a
 * note for each of the two that the server does not have. Rejects with the error of the SDK, and
 * with NO_BUCKET where the credentials may not create it.
 */
export async function createBucket(client: S3Client, bucket: string, hasLock: boolean): Promise<BucketNote[]> {
  const region = await client.config.region();
  const command = new CreateBucketCommand({
    Bucket: bucket,
    // The oldest region has no name here.
    ...(region !== "us-east-1" && {
      CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
    }),
    ...(hasLock && { ObjectLockEnabledForBucket: true }),
  });
  await client.send(command).catch((error: unknown) => {
    // Another agent created it at the same time.
    if (failureOf(error).name === "BucketAlreadyOwnedByYou") return;
    if (troubleOf(failureOf(error)) !== "ACCESS_DENIED") throw error;
    throw new S3StoreError(
      "BUCKET_UNUSABLE",
      `s3://${bucket}: the bucket does not exist, and these credentials may not create it; create it, or check its name`,
      { trouble: "NO_BUCKET", cause: error },
    );
  });
  const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  const isBlocked = await isDone(
    client.send(new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: all })),
  );
  const isVersioned = await isDone(
    client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } })),
  );
  return [
    ...(isBlocked ? [] : [noteOf("PUBLIC_ACCESS_NOT_BLOCKED")]),
    ...(isVersioned ? [] : [noteOf("VERSIONING_OFF")]),
  ];
}

/** Whether a request succeeded. Returns false where the server does not know it, or refuses it. */
async function isDone(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    const { status } = failureOf(error);
    if (status !== undefined && (status < 500 || status === 501)) return false;
    throw error;
  }
}
