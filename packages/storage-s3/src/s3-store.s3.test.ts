import { describeObjectStore } from "@etrap/ledger/suites";
import type { ObjectStoreHarness } from "@etrap/ledger/suites";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { startMoto, startVersitygw } from "@etrap/test-servers";
import type { S3Server } from "@etrap/test-servers";
import { afterAll, describe, expect, test } from "vitest";
import { createTestBucket, createTestClient } from "./fixtures/open-bucket.ts";
import { createS3Store } from "./s3-store.ts";
import type { S3Store, S3StoreOptions } from "./s3-store.ts";

const servers = await Promise.all([startVersitygw(), startMoto()]);
afterAll(() => Promise.all(servers.map((server) => server.stop())));

/** Servers that keep objects as files take no longer one. */
const LONGEST_SEGMENT = 255;
const [versitygw] = servers;

type Form = S3StoreOptions & { readonly prefix?: string };

/** Opens a harness on a new bucket of a server. */
async function openHarness(server: S3Server, { prefix = "", ...options }: Form): Promise<ObjectStoreHarness> {
  const bucket = await createTestBucket(server);
  const clients = [createTestClient(server)];
  const openStore = (client: S3Client): S3Store => createS3Store({ client, bucket, prefix }, options);
  return {
    store: openStore(clients[0] ?? createTestClient(server)),
    longestSegment: LONGEST_SEGMENT,
    async reopen() {
      const client = createTestClient(server);
      clients.push(client);
      return openStore(client);
    },
    async interrupt() {
      // Some requests are under way by now. Their connections are cut.
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (const client of clients) client.destroy();
    },
    close: async () => clients.forEach((client) => client.destroy()),
  };
}

describe.each(servers)("$name", (server) => {
  describeObjectStore(`a bucket of ${server.name}`, async () => openHarness(server, {}));

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

describeObjectStore("a bucket of versitygw, below a prefix, as gzip", async () =>
  openHarness(versitygw, { prefix: "audit/erp", compress: true }),
);
