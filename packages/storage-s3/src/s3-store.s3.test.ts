import { describeObjectStore } from "@etrap/ledger/suites";
import { startMoto, startVersitygw } from "@etrap/test-servers";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, describe, expect, test } from "vitest";
import { createTestBucket, createTestClient } from "./fixtures/open-bucket.ts";
import { createS3Store } from "./s3-store.ts";
import type { S3StoreOptions } from "./s3-store.ts";

const servers = await Promise.all([startVersitygw(), startMoto()]);
afterAll(() => Promise.all(servers.map((server) => server.stop())));

/** Servers that keep objects as files take no longer one. */
const LONGEST_SEGMENT = 255;

describe.each(servers)("$name", (server) => {
  describe.each<[string, S3StoreOptions & { readonly prefix?: string }]>([
    ["plain", {}],
    ["below a prefix, as gzip", { prefix: "audit/erp", compress: true }],
  ])("%s", (form, { prefix = "", ...options }) => {
    describeObjectStore(`a bucket of ${server.name}, ${form}`, async () => {
      const client = createTestClient(server);
      const bucket = await createTestBucket(server);
      const store = createS3Store({ client, bucket, prefix }, options);
      return { store, close: async () => client.destroy(), longestSegment: LONGEST_SEGMENT };
    });
  });

  test("the server keeps the content type, the encoding and the SHA-256 of an object", async () => {
    const client = createTestClient(server);
    const bucket = await createTestBucket(server);
    const head = async (key: string) =>
      client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }));
    const bytes = new TextEncoder().encode("1".repeat(10_000));
    await createS3Store({ client, bucket }).create("a/x.json", bytes);
    expect(await head("a/x.json")).toMatchObject({ ContentType: "application/json", ContentLength: 10_000 });
    expect((await head("a/x.json")).ChecksumSHA256).toBe("0l8BJXyYkGIteM+c8zYkV+91cSvRh64zs4P4DWGNDwY=");
    await createS3Store({ client, bucket }, { compress: true }).create("a/y", bytes);
    const packed = await head("a/y");
    expect(packed).toMatchObject({ ContentType: "application/octet-stream", ContentEncoding: "gzip" });
    expect(packed.ContentLength).toBeLessThan(100);
    // Each form is read by a store of the other.
    expect(await createS3Store({ client, bucket }).get("a/y")).toEqual(bytes);
    await createS3Store({ client, bucket }).create("a/y", bytes);
    await createS3Store({ client, bucket }, { compress: true }).create("a/x.json", bytes);
    client.destroy();
  });
});
