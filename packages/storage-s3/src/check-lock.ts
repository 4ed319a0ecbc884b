import { GetObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { failureOf } from "./answers.ts";
import { noteOf } from "./bucket-note.ts";
import type { BucketNote } from "./bucket-note.ts";
import type { ObjectLock } from "./object-form.ts";
import { S3StoreError } from "./s3-store-error.ts";

/**
 * Checks that the bucket can lock objects, where that is asked for. Rejects with LOCK_REFUSED where
 * it cannot, and with the errors of the SDK.
 */
export async function checkLock(client: S3Client, bucket: string, lock: ObjectLock | undefined): Promise<BucketNote[]> {
  try {
    const answer = await client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket }));
    const { ObjectLockEnabled: state, Rule: rule } = answer.ObjectLockConfiguration ?? {};
    if (lock !== undefined && state !== "Enabled") throw refused();
    return rule?.DefaultRetention === undefined ? [] : [noteOf("LOCKS_ALL")];
  } catch (error) {
    if (error instanceof S3StoreError) throw error;
    const { status } = failureOf(error);
    if (status === 404 || status === 400 || status === 501) {
      if (lock === undefined) return [];
      throw refused(error);
    }
    // A writer needs this right for the check alone.
    if (status === 403) return lock === undefined ? [] : [noteOf("LOCK_UNCHECKED")];
    throw error;
  }
}

/** An error without a message is completed with the bucket's name by `prepareBucket`. */
function refused(cause?: unknown): S3StoreError {
  return new S3StoreError("BUCKET_UNUSABLE", "", { trouble: "LOCK_REFUSED", cause });
}
