import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { ListObjectsV2CommandOutput, S3Client } from "@aws-sdk/client-s3";
import { isObjectKey } from "@etrap/ledger";
import { toStoreError } from "./describe-trouble.ts";
import { S3StoreError } from "./s3-store-error.ts";
import { send } from "./send.ts";

/** The keys to list, as the bucket names them. */
export interface KeyRange {
  readonly bucket: string;
  /** The beginning of all keys of the store, which is taken off. */
  readonly root: string;
  readonly prefix: string;
  readonly after: string;
  /** Called with each key that no store creates. Such keys are not listed. */
  readonly onStrayKey: (key: string) => void;
}

/**
 * Lists keys in byte order. Holds one page of at most a thousand keys. Rejects with UNAVAILABLE.
 */
export async function* listKeys(client: S3Client, range: KeyRange): AsyncGenerator<string> {
  const { root, onStrayKey } = range;
  let last = "";
  for (let page = await readPage(client, range); ; page = await readPage(client, range, page.NextContinuationToken)) {
    for (const { Key = "" } of page.Contents ?? []) {
      const key = decodeKey(Key, page).slice(root.length);
      if (!isObjectKey(key)) {
        onStrayKey(key);
        continue;
      }
      // Readers take keys that are out of order for missing ones, and a page that comes again and
      // again would never end.
      if (key <= last) throw unusable(`${root}${range.prefix}`, "the listing is not in byte order");
      last = key;
      yield key;
    }
    if (page.IsTruncated !== true) return;
    if (page.NextContinuationToken === undefined) throw unusable(root, "the listing ends without its last page");
  }
}

async function readPage(
  client: S3Client,
  { bucket, root, prefix, after }: KeyRange,
  token?: string,
): Promise<ListObjectsV2CommandOutput> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: root + prefix,
    // A key may hold characters that XML does not allow.
    EncodingType: "url",
    ...(after !== "" && { StartAfter: root + after }),
    ...(token !== undefined && { ContinuationToken: token }),
  });
  try {
    const page = await send(client, async () => client.send(command));
    // An endpoint that answers 200 to anything, with a web page, must not pass for an empty bucket.
    if (page.IsTruncated === undefined)
      throw unusable(root + prefix, "the answer is not one of S3; check the endpoint");
    return page;
  } catch (error) {
    if (error instanceof S3StoreError) throw error;
    throw toStoreError("UNAVAILABLE", { place: `s3://${bucket}/${root}${prefix}`, error });
  }
}

function unusable(place: string, problem: string): S3StoreError {
  return new S3StoreError("UNAVAILABLE", `${place}: ${problem}`, { trouble: "NOT_S3" });
}

/** Some servers ignore the wish for an encoding, and then do not name it. */
function decodeKey(key: string, { EncodingType: encoding }: ListObjectsV2CommandOutput): string {
  if (encoding !== "url") return key;
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    // The bytes of the key are not UTF-8, so it is a stray one in any case.
    return key;
  }
}
