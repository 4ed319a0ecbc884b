import { s3Refusal, startFaultProxy, startVersitygw } from "@etrap/test-servers";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { allKeys, createTestBucket, createTestClient } from "./fixtures/open-bucket.ts";
import { createS3Store } from "./s3-store.ts";

const server = await startVersitygw();
const proxy = await startFaultProxy(server.port);
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});
const BYTES = new TextEncoder().encode("1");
const HOUR_MS = 3_600_000;

test.each(["ExpiredToken", "InvalidAccessKeyId", "SignatureDoesNotMatch"])(
  "asks for fresh credentials after %s, and sends the request once more",
  async (name) => {
    const bucket = await createTestBucket(server);
    let asked = 0;
    const credentials = async () => {
      asked += 1;
      return server.credentials;
    };
    const client = createTestClient({ ...server, endpoint: proxy.endpoint }, { credentials });
    onTestFinished(() => client.destroy());
    const store = createS3Store({ client, bucket });
    await store.create("a/first", BYTES);
    const before = asked;
    proxy.setFaults((_, nth) => (nth === 1 ? s3Refusal(name === "ExpiredToken" ? 400 : 403, name) : undefined));
    await store.create("a/b", BYTES);
    expect(asked).toBe(before + 1);
    proxy.setFaults((_, nth) => (nth === 1 ? s3Refusal(403, name) : undefined));
    expect(await store.get("a/b")).toEqual(BYTES);
    proxy.setFaults((_, nth) => (nth === 1 ? s3Refusal(403, name) : undefined));
    expect(await allKeys(store)).toEqual(["a/b", "a/first"]);
    expect(asked).toBe(before + 3);
  },
);

test("a client that renews its credentials uses the new ones", async () => {
  const bucket = await createTestBucket(server);
  const answers = [{ accessKeyId: "unknown", secretAccessKey: "unknown" }, server.credentials];
  const credentials = async () => answers.shift() ?? server.credentials;
  const client = createTestClient(server, { credentials });
  onTestFinished(() => client.destroy());
  await createS3Store({ client, bucket }).create("a/b", BYTES);
});

test("credentials that stay expired are said to be expired", async () => {
  const client = createTestClient({ ...server, endpoint: proxy.endpoint });
  onTestFinished(() => client.destroy());
  proxy.setFaults(() => s3Refusal(400, "ExpiredToken"));
  const created = createS3Store({ client, bucket: "bucket" }).create("a/b", BYTES);
  await expect(created).rejects.toMatchObject({ code: "UNAVAILABLE", trouble: "CREDENTIALS_EXPIRED" });
});

test.each([-HOUR_MS, HOUR_MS])(
  "a clock that is off by %i ms is corrected, also for eight creations at once",
  async (ms) => {
    const bucket = await createTestBucket(server);
    const client = createTestClient(server, { systemClockOffset: ms });
    onTestFinished(() => client.destroy());
    const store = createS3Store({ client, bucket });
    await Promise.all(Array.from({ length: 8 }, async (_, index) => store.create(`a/${index}`, BYTES)));
    expect(await allKeys(store)).toHaveLength(8);
  },
);

test("a clock that is refused each time is said to be wrong, also for eight creations at once", async () => {
  const client = createTestClient({ ...server, endpoint: proxy.endpoint });
  onTestFinished(() => client.destroy());
  proxy.setFaults(() => s3Refusal(403, "RequestTimeTooSkewed"));
  const store = createS3Store({ client, bucket: "bucket" });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, async (_, index) => store.create(`a/${index}`, BYTES)),
  );
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ status: "rejected", reason: { code: "UNAVAILABLE", trouble: "CLOCK_SKEW" } });
});
