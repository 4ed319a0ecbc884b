import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { isObjectKey } from "@etrap/ledger";
import type { ObjectRemover, ObjectStore } from "@etrap/ledger";
import pLimit from "p-limit";
import { createObject } from "./create-object.ts";
import { listKeys } from "./list-keys.ts";
import { toStoreError } from "./describe-trouble.ts";
import { putBody } from "./object-form.ts";
import type { ObjectForm } from "./object-form.ts";
import { readObject } from "./read-object.ts";
import { problemOf } from "./s3-location.ts";
import { S3StoreError } from "./s3-store-error.ts";
import { send } from "./send.ts";

/** The bucket of a store, and the client that speaks to it. */
export interface S3StoreParts {
  /** Made with `s3ClientOptions`, so that every call ends in bounded time. The caller closes it. */
  readonly client: S3Client;
  readonly bucket: string;
  /** The beginning of all keys, without the slash that follows it. Default: none. */
  readonly prefix?: string;
}

/** Options of `createS3Store`. */
export interface S3StoreOptions extends ObjectForm {
  /**
   * Whether the server honours `If-None-Match: *`; see `prepareBucket`. Where it does not, only one
   * process may write at any time: a second one could overwrite its objects. Default: true.
   */
  readonly isConditional?: boolean;
  /** Called with each key below the prefix that no store creates. Such keys are not listed. */
  readonly onStrayKey?: (key: string) => void;
  /** The longest time without progress of a body, in milliseconds. Default: 10 000. */
  readonly stallMs?: number;
}

/**
 * The largest number of calls at a time. To the SDK, the wait for a free socket is part of a
 * request, so a call that waits there longer than the limits of the client would fail.
 */
const MAX_AT_ONCE = 32;

/** An object store in a bucket. */
export type S3Store = ObjectStore & ObjectRemover;

/**
 * Creates a store in a bucket, without any request. `create` is PutObject with `If-None-Match: *`,
 * so of several processes exactly one succeeds. After an unclear answer, it reads the object back.
 * Throws BAD_LOCATION. Call `prepareBucket` before the first write.
 */
export function createS3Store({ client, bucket, prefix = "" }: S3StoreParts, options: S3StoreOptions = {}): S3Store {
  const problem = problemOf({ bucket, prefix });
  if (problem !== undefined) throw new S3StoreError("BAD_LOCATION", problem);
  const { isConditional = true, onStrayKey = () => undefined, stallMs = 10_000 } = options;
  const root = prefix === "" ? "" : `${prefix}/`;
  const nameOf = (key: string): string => {
    if (isObjectKey(key)) return root + key;
    const expected = "segments of the characters A-Z a-z 0-9 _ - . % ~, joined by /, none of them . or ..";
    throw new S3StoreError("BAD_KEY", `expected a key of ${expected}`);
  };
  const limit = pLimit(MAX_AT_ONCE);
  const read = async (key: string): Promise<Uint8Array | undefined> =>
    readObject(client, { bucket, key: nameOf(key), stallMs });

  return {
    get: async (key) => limit(read, key),
    create: async (key, bytes) =>
      limit(async () => {
        const name = nameOf(key);
        const sendsChecksum = (await client.config.requestChecksumCalculation()) !== "WHEN_REQUIRED";
        const body = await putBody({ key, bytes }, options, sendsChecksum);
        const request = { bucket, key: name, body, isConditional };
        await createObject(client, { key, bytes, request, read: async () => read(key) });
      }),
    remove: async (key) =>
      limit(async () => {
        const command = new DeleteObjectCommand({ Bucket: bucket, Key: nameOf(key) });
        await send(client, async () => client.send(command)).catch((error: unknown) => {
          throw toStoreError("UNAVAILABLE", { place: key, error });
        });
      }),
    list: (keyPrefix, after = "") => listKeys(client, { bucket, root, prefix: keyPrefix, after, onStrayKey }),
  };
}
