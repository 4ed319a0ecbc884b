import { GetBucketVersioningCommand, HeadObjectCommand, PutObjectLockConfigurationCommand } from "@aws-sdk/client-s3";
import type { S3Client } from "@aws-sdk/client-s3";
import { s3Refusal, startFaultProxy, startMoto, startVersitygw } from "@etrap/test-servers";
import type { HttpFault, SeenRequest } from "@etrap/test-servers";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { allKeys, createTestBucket, createTestClient } from "./fixtures/open-bucket.ts";
import { prepareBucket } from "./prepare-bucket.ts";
import { createS3Store } from "./s3-store.ts";

const [versitygw, moto] = await Promise.all([startVersitygw(), startMoto()]);
const [proxy, motoProxy] = await Promise.all([startFaultProxy(versitygw.port), startFaultProxy(moto.port)]);
const through = createTestClient({ ...versitygw, endpoint: proxy.endpoint });
const motoThrough = createTestClient({ ...moto, endpoint: motoProxy.endpoint });
const owner = createTestClient(versitygw);
afterAll(async () => {
  for (const client of [through, motoThrough, owner]) client.destroy();
  await Promise.all([proxy, motoProxy].map((each) => each.stop()));
  await Promise.all([versitygw, moto].map((server) => server.stop()));
});
beforeEach(() => {
  for (const each of [proxy, motoProxy]) each.setFaults(() => undefined);
});

const unusable = (trouble: string, words = /./): unknown =>
  expect.objectContaining({ code: "BUCKET_UNUSABLE", trouble, message: expect.stringMatching(words) });
const isPut = ({ method, url }: SeenRequest): boolean => method === "PUT" && url.includes(".etrap/probes/");
const isConditional = (request: SeenRequest): boolean => isPut(request) && request.headers["if-none-match"] === "*";

describe.each([versitygw, moto])("on $name", (server) => {
  const client = createTestClient(server);
  afterAll(() => client.destroy());

  test("a bucket that is there is usable, and the probe leaves nothing", async () => {
    const bucket = await createTestBucket(server);
    const prepared = await prepareBucket({ client, bucket, prefix: "audit" });
    expect(prepared).toMatchObject({ isCreated: false, isConditional: true, notes: [] });
    expect(await allKeys(createS3Store({ client, bucket }))).toEqual([]);
  });

  test("a missing bucket is created with versioning where that is allowed, and refused otherwise", async () => {
    const bucket = `new-${crypto.randomUUID()}`;
    await expect(prepareBucket({ client, bucket })).rejects.toEqual(unusable("NO_BUCKET", /allow this program/));
    expect(await prepareBucket({ client, bucket }, { mayCreate: true })).toMatchObject({ isCreated: true });
    const versioning = await client.send(new GetBucketVersioningCommand({ Bucket: bucket }));
    expect(versioning.Status).toBe("Enabled");
    expect(await prepareBucket({ client, bucket }, { mayCreate: true })).toMatchObject({ isCreated: false });
  });

  test("two that create a bucket at once both succeed", async () => {
    const bucket = `new-${crypto.randomUUID()}`;
    const both = await Promise.all([1, 2].map(async () => prepareBucket({ client, bucket }, { mayCreate: true })));
    expect(both.map((each) => each.isConditional)).toEqual([true, true]);
  });

  test("with a lock, slots and batch data are locked, and nothing else", async () => {
    const bucket = `lock-${crypto.randomUUID()}`;
    const lock = { mode: "GOVERNANCE", days: 1 } as const;
    await prepareBucket({ client, bucket }, { mayCreate: true, lock });
    const store = createS3Store({ client, bucket }, { lock });
    const folder = "erp/account/BATCH-2025-06-13-4094361df0fe276f-T0";
    const names = { slot: "erp/account/chain/000000000000.json", data: `${folder}/batch-data.json` };
    for (const key of [names.slot, names.data, `${folder}/payload.json`, `${folder}/merkle-tree.json`])
      await store.create(key, new Uint8Array(1));
    const modeOf = async (key: string): Promise<string | undefined> =>
      (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).ObjectLockMode;
    expect(await Promise.all(Object.values(names).map(modeOf))).toEqual(["GOVERNANCE", "GOVERNANCE"]);
    const others = ["payload.json", "merkle-tree.json"].map(async (name) => modeOf(`${folder}/${name}`));
    expect(await Promise.all(others)).toEqual([undefined, undefined]);
  });

  test("a bucket without Object Lock is refused where a lock is asked for", async () => {
    const bucket = await createTestBucket(server);
    const prepared = prepareBucket({ client, bucket }, { lock: { mode: "COMPLIANCE", days: 1 } });
    await expect(prepared).rejects.toEqual(
      unusable("LOCK_REFUSED", /^s3:\/\/test-.*turn on versioning and Object Lock/),
    );
  });

  test("a default retention is told, since it would lock erasable values", async () => {
    const bucket = await createTestBucket(server, true);
    const rule = { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } as const;
    const configuration = { ObjectLockEnabled: "Enabled", Rule: rule } as const;
    await client.send(
      new PutObjectLockConfigurationCommand({ Bucket: bucket, ObjectLockConfiguration: configuration }),
    );
    const { notes } = await prepareBucket({ client, bucket });
    expect(notes.map(({ code }) => code)).toEqual(["LOCKS_ALL"]);
  });

  test.each(["", "A", "a_b", "..", "bucket/x"])("refuses the bucket name %j", async (bucket) => {
    await expect(prepareBucket({ client, bucket })).rejects.toMatchObject({ code: "BAD_LOCATION" });
    expect(() => createS3Store({ client, bucket })).toThrow(expect.objectContaining({ code: "BAD_LOCATION" }));
  });
});

describe("conditional creates", () => {
  const FAULTS: readonly (readonly [string, (request: SeenRequest) => HttpFault | undefined])[] = [
    ["overwrites", (request) => (isPut(request) ? { kind: "without-header", name: "if-none-match" } : undefined)],
    [
      "refuses every condition with 501",
      (request) => (isConditional(request) ? s3Refusal(501, "NotImplemented") : undefined),
    ],
    [
      "refuses every condition with 400",
      (request) => (isConditional(request) ? s3Refusal(400, "InvalidArgument") : undefined),
    ],
    [
      "refuses the first with 412",
      (request) => (isConditional(request) ? s3Refusal(412, "PreconditionFailed") : undefined),
    ],
    ["answers 304", (request) => (isConditional(request) ? { kind: "answer", status: 304 } : undefined)],
  ];

  test.each(FAULTS)("a server that %s is refused, unless there is a single writer", async (_, faultOf) => {
    const bucket = await createTestBucket(moto);
    motoProxy.setFaults(faultOf);
    const parts = { client: motoThrough, bucket };
    await expect(prepareBucket(parts)).rejects.toEqual(unusable("NOT_CONDITIONAL", /--single-writer/));
    const prepared = await prepareBucket(parts, { isSingleWriter: true });
    expect(prepared).toMatchObject({ isConditional: false, notes: [{ code: "NOT_CONDITIONAL" }] });
    const store = createS3Store(parts, prepared);
    await store.create("a/b", new Uint8Array(1));
    await store.create("a/b", new Uint8Array(1));
    await expect(store.create("a/b", new Uint8Array(2))).rejects.toMatchObject({ code: "KEY_CONFLICT" });
    expect(await store.get("a/b")).toEqual(new Uint8Array(1));
  });

  test("a server that answers 304 to the second creation only is refused", async () => {
    const bucket = await createTestBucket(moto);
    let puts = 0;
    motoProxy.setFaults((request) =>
      isConditional(request) && (puts += 1) === 2 ? { kind: "answer", status: 304 } : undefined,
    );
    await expect(prepareBucket({ client: motoThrough, bucket })).rejects.toEqual(unusable("NOT_CONDITIONAL"));
  });

  test("a lost answer says nothing about conditions", async () => {
    const bucket = await createTestBucket(versitygw);
    proxy.setFaults((request) => (isPut(request) ? s3Refusal(503, "SlowDown") : undefined));
    const prepared = prepareBucket({ client: through, bucket });
    await expect(prepared).rejects.toMatchObject({ code: "UNAVAILABLE", trouble: "THROTTLED" });
  });
});

describe("the cause is named, with its remedy:", () => {
  test.each<[string, HttpFault, unknown]>([
    ["access is denied", s3Refusal(403, "AccessDenied"), unusable("ACCESS_DENIED", /rights/)],
    [
      "another region",
      s3Refusal(301, "PermanentRedirect", { "x-amz-bucket-region": "eu-central-1" }),
      unusable("WRONG_REGION", /set AWS_REGION.*the bucket is in eu-central-1/),
    ],
    ["another region, by the signature", s3Refusal(400, "AuthorizationHeaderMalformed"), unusable("WRONG_REGION")],
    ["a wrong clock", s3Refusal(403, "RequestTimeTooSkewed"), unusable("CLOCK_SKEW", /NTP/)],
    ["a web page", { kind: "answer", status: 200, body: "<html></html>" }, unusable("NOT_S3", /check the endpoint/)],
    ["a page that is not found", { kind: "answer", status: 404, body: "<html></html>" }, unusable("OTHER")],
  ])("%s", async (_, fault, expected) => {
    proxy.setFaults(() => fault);
    await expect(prepareBucket({ client: through, bucket: "etrap-acme" })).rejects.toEqual(expected);
  });

  test("a server that refuses checksums", async () => {
    const bucket = await createTestBucket(moto);
    motoProxy.setFaults((request) =>
      isPut(request) && Object.keys(request.headers).some((name) => name.startsWith("x-amz-checksum-"))
        ? s3Refusal(501, "NotImplemented")
        : undefined,
    );
    const prepared = prepareBucket({ client: motoThrough, bucket });
    await expect(prepared).rejects.toEqual(unusable("CHECKSUM_REFUSED", /WHEN_REQUIRED/));
    const sparing = createTestClient(
      { ...moto, endpoint: motoProxy.endpoint },
      { requestChecksumCalculation: "WHEN_REQUIRED" },
    );
    expect(await prepareBucket({ client: sparing, bucket })).toMatchObject({ isConditional: true });
    await createS3Store({ client: sparing, bucket }).create("a/b", new Uint8Array(1));
    sparing.destroy();
  });

  test("encryption that the server does not confirm", async () => {
    const bucket = await createTestBucket(versitygw);
    for (const encryption of [{ kind: "s3" }, { kind: "kms", keyId: "k" }] as const)
      await expect(prepareBucket({ client: owner, bucket }, { encryption })).rejects.toEqual(
        unusable("ENCRYPTION_REFUSED"),
      );
    const inMoto = await createTestBucket(moto);
    const client = createTestClient(moto);
    for (const encryption of [{ kind: "s3" }, { kind: "kms", keyId: "k" }] as const)
      expect(await prepareBucket({ client, bucket: inMoto }, { encryption })).toMatchObject({ isConditional: true });
    client.destroy();
  });

  test.each<[string, Parameters<typeof createTestClient>[0] & { readonly config?: object }, unknown]>([
    [
      "an unknown access key",
      { ...versitygw, credentials: { accessKeyId: "nobody", secretAccessKey: "secret" } },
      unusable("KEY_UNKNOWN", /AWS_ACCESS_KEY_ID/),
    ],
    [
      "a wrong secret",
      { ...versitygw, credentials: { ...versitygw.credentials, secretAccessKey: "wrong" } },
      unusable("SECRET_WRONG", /AWS_SECRET_ACCESS_KEY/),
    ],
    [
      "no server",
      { ...versitygw, endpoint: "http://127.0.0.1:1" },
      expect.objectContaining({ code: "UNAVAILABLE", trouble: "UNREACHABLE" }),
    ],
    [
      "an unknown host, which path style may help",
      { ...versitygw, config: { forcePathStyle: false, endpoint: "http://s3.invalid" } },
      expect.objectContaining({ trouble: "UNREACHABLE", message: expect.stringMatching(/ETRAP_S3_PATH_STYLE=true/) }),
    ],
  ])("%s", async (_, { config, ...server }, expected) => {
    const client: S3Client = createTestClient(server, config);
    await expect(prepareBucket({ client, bucket: "etrap-acme" })).rejects.toEqual(expected);
    client.destroy();
  });

  test("a user without rights", async () => {
    const bucket = await createTestBucket(versitygw);
    const credentials = { accessKeyId: "stranger", secretAccessKey: "strangersecret" };
    await versitygw.addUser(credentials);
    const client = createTestClient({ ...versitygw, credentials });
    await expect(prepareBucket({ client, bucket })).rejects.toEqual(unusable("ACCESS_DENIED", /rights/));
    client.destroy();
  });

  test("no message holds a secret", async () => {
    const credentials = { accessKeyId: "SECRET-ID", secretAccessKey: "SECRET-KEY" };
    const client = createTestClient({ ...versitygw, credentials });
    const error: unknown = await prepareBucket({ client, bucket: "etrap-acme" }).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain("SECRET");
    client.destroy();
  });

  test("a clock that is off by an hour is told, although the SDK corrects it", async () => {
    const bucket = await createTestBucket(moto);
    for (const offMs of [3_600_000, -3_600_000]) {
      motoProxy.setFaults(() => ({ kind: "clock", offMs }));
      const { notes } = await prepareBucket({ client: motoThrough, bucket });
      expect(notes).toMatchObject([{ code: "CLOCK_OFF" }]);
    }
    motoProxy.setFaults(() => undefined);
    expect((await prepareBucket({ client: motoThrough, bucket })).notes).toEqual([]);
  });
});
