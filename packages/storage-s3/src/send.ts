import type { S3Client } from "@aws-sdk/client-s3";
import { failureOf, troubleOf } from "./answers.ts";
import type { S3Trouble } from "./s3-store-error.ts";

/** The causes that fresh credentials may remove. The SDK keeps the old ones until they expire. */
const RENEWABLE: ReadonlySet<S3Trouble> = new Set([
  "CREDENTIALS_EXPIRED",
  "CREDENTIALS_MISSING",
  "KEY_UNKNOWN",
  "SECRET_WRONG",
]);

/**
 * Sends a request. Where the server refuses the credentials, asks for fresh ones and sends it once
 * more. Where it refuses the time of the request, sends it once more too: the SDK corrects its
 * clock by such an answer, but of several requests at once it repeats the first alone. Rejects with
 * the SDK's error.
 */
export async function send<T>({ config }: S3Client, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const trouble = troubleOf(failureOf(error));
    if (RENEWABLE.has(trouble)) {
      // A failure to renew shows in the second request.
      await config.credentials({ forceRefresh: true }).catch(() => undefined);
    } else if (trouble !== "CLOCK_SKEW") {
      throw error;
    }
  }
  return request();
}
