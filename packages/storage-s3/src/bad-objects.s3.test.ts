import { truncateSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { startMoto, startVersitygw } from "@etrap/test-servers";
import { afterAll, describe, expect, test } from "vitest";
import { allKeys, createTestBucket, createTestClient } from "./fixtures/open-bucket.ts";
import { createS3Store } from "./s3-store.ts";
import type { S3Store } from "./s3-store.ts";

const servers = await Promise.all([startVersitygw(), startMoto()]);
const [versitygw] = servers;
afterAll(() => Promise.all(servers.map((server) => server.stop())));

describe.each(servers)("objects that no store created, on $name", (server) => {
  const client = createTestClient(server);
  afterAll(() => client.destroy());

  async function storeWith(object: Omit<PutObjectCommandInput, "Bucket">): Promise<S3Store> {
    const bucket = await createTestBucket(server);
    await client.send(new PutObjectCommand({ Bucket: bucket, ...object }));
    return createS3Store({ client, bucket });
  }

  test("a gzip bomb is not unpacked beyond the bound", { timeout: 60_000 }, async () => {
    const bomb = gzipSync(Buffer.alloc((256 << 20) + 1));
    expect(bomb.length).toBeLessThan(1 << 20);
    const store = await storeWith({ Key: "a/b", Body: bomb, ContentEncoding: "gzip" });
    await expect(store.get("a/b")).rejects.toMatchObject({
      code: "DAMAGED",
      message: expect.stringMatching(/^a\/b: /),
    });
    await expect(store.create("a/b", new Uint8Array(1))).rejects.toMatchObject({ code: "KEY_CONFLICT" });
  });

  test.each([
    ["is not gzip", "gzip", Buffer.from("{}")],
    ["is cut gzip", "gzip", gzipSync("{}").subarray(0, -4)],
    ["has another encoding", "br", Buffer.from("{}")],
    ["is packed twice", "gzip, gzip", gzipSync(gzipSync("{}"))],
  ])("an object that %s is refused", async (_, ContentEncoding, Body) => {
    const store = await storeWith({ Key: "a/b", Body, ContentEncoding });
    await expect(store.get("a/b")).rejects.toMatchObject({ code: "DAMAGED" });
  });

  test("keys that no store creates are not listed, but told", async () => {
    const bucket = await createTestBucket(server);
    const stray = ["a b", "é", "x+y", "=", "a%20b/ü"];
    for (const Key of [...stray, "a/b", "z"])
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "1" }));
    const told: string[] = [];
    const store = createS3Store({ client, bucket }, { onStrayKey: (key) => told.push(key) });
    expect(await allKeys(store)).toEqual(["a/b", "z"]);
    expect(told.toSorted()).toEqual(stray.toSorted());
  });

  test("keys outside the prefix are another ledger's", async () => {
    const bucket = await createTestBucket(server);
    for (const Key of ["a/x/1", "a/y", "ab/1", "b"])
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "1" }));
    expect(await allKeys(createS3Store({ client, bucket, prefix: "a" }))).toEqual(["x/1", "y"]);
  });
});

test("an object of 5 GB is refused without reading it", async () => {
  if (versitygw === undefined) throw new Error("expected a server");
  const bucket = await createTestBucket(versitygw);
  const client = createTestClient(versitygw);
  const store = createS3Store({ client, bucket });
  await store.create("a/b", new Uint8Array(1));
  // A sparse file takes no room on the disk.
  truncateSync(join(versitygw.folder, bucket, "a/b"), 5 * 2 ** 30);
  const before = process.memoryUsage.rss();
  await expect(store.get("a/b")).rejects.toMatchObject({ code: "DAMAGED" });
  expect(process.memoryUsage.rss() - before).toBeLessThan(256 << 20);
  client.destroy();
});
