import { codeOf } from "@etrap/ledger";
import { s3Refusal, startFaultProxy, startVersitygw } from "@etrap/test-servers";
import type { HttpFault, SeenRequest } from "@etrap/test-servers";
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { s3ClientOptions } from "./client-options.ts";
import { allKeys, createTestBucket, createTestClient, SHORT_MS } from "./fixtures/open-bucket.ts";
import { createS3Store } from "./s3-store.ts";
import type { S3Store } from "./s3-store.ts";

const server = await startVersitygw();
const proxy = await startFaultProxy(server.port);
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

/** More than the SDK's attempts and ours. */
const ALWAYS = 1_000;
const KEY = "erp/account/chain/000000000000.json";
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const BYTES = bytesOf(JSON.stringify({ text: "x".repeat(2_000) }));

interface Bench {
  /** The store behind the proxy. */
  readonly store: S3Store;
  /** The same bucket without the proxy. */
  readonly direct: S3Store;
}

let bench: Bench;
beforeEach(async () => {
  proxy.setFaults(() => undefined);
  const bucket = await createTestBucket(server);
  const hasty = s3ClientOptions({ timeoutMs: SHORT_MS });
  const clients = [createTestClient({ ...server, endpoint: proxy.endpoint }, hasty), createTestClient(server)] as const;
  onTestFinished(() => clients.forEach((client) => client.destroy()));
  const [store, direct] = clients.map((client) => createS3Store({ client, bucket }, { stallMs: SHORT_MS }));
  if (store === undefined || direct === undefined) throw new Error("expected two stores");
  bench = { store, direct };
});

/** Puts the fault into the first requests of a method. */
function fail(method: string, fault: HttpFault, times = ALWAYS): void {
  let left = times;
  proxy.setFaults((request: SeenRequest) => {
    if (request.method !== method || left === 0) return undefined;
    left -= 1;
    return fault;
  });
}

const SLOW_DOWN = s3Refusal(503, "SlowDown");
const NOT_EXECUTED: readonly (readonly [string, HttpFault])[] = [
  ["a connection that is cut before the request", { kind: "cut-before" }],
  ["a connection that is cut in the request's body", { kind: "cut-request" }],
  ["500", s3Refusal(500, "InternalError")],
  ["503 SlowDown", SLOW_DOWN],
  ["429", s3Refusal(429, "TooManyRequests")],
  ["502 with a page", { kind: "answer", status: 502, body: "<html>Bad Gateway</html>" }],
];
const EXECUTED: readonly (readonly [string, HttpFault])[] = [
  ["a connection that is cut before the answer", { kind: "cut-after" }],
  ["no answer", { kind: "hang" }],
  ["500 although it was executed", { ...s3Refusal(500, "InternalError"), executed: true }],
  ["503 although it was executed", { ...SLOW_DOWN, executed: true }],
];

describe("create", () => {
  test.each([...NOT_EXECUTED, ...EXECUTED])("succeeds after %s, once", async (_, fault) => {
    fail("PUT", fault, 1);
    await bench.store.create(KEY, BYTES);
    expect(await bench.direct.get(KEY)).toEqual(BYTES);
  });

  test.each(EXECUTED)("succeeds after %s each time, since the object stands", async (_, fault) => {
    fail("PUT", fault);
    await bench.store.create(KEY, BYTES);
    expect(await bench.direct.get(KEY)).toEqual(BYTES);
  });

  test.each(NOT_EXECUTED)("after %s each time, says that it is not done, and succeeds later", async (_, fault) => {
    fail("PUT", fault);
    const error: unknown = await bench.store.create(KEY, BYTES).catch((thrown: unknown) => thrown);
    expect(["UNAVAILABLE", "OUTCOME_UNKNOWN"]).toContain(codeOf(error));
    expect(await bench.direct.get(KEY)).toBeUndefined();
    proxy.setFaults(() => undefined);
    await bench.store.create(KEY, BYTES);
    expect(await bench.direct.get(KEY)).toEqual(BYTES);
  });

  test.each(EXECUTED)("with %s and no way to read, says that the outcome is unknown", async (_, fault) => {
    proxy.setFaults(({ method }) => (method === "PUT" ? fault : { kind: "cut-before" }));
    await expect(bench.store.create(KEY, BYTES)).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
    proxy.setFaults(() => undefined);
    await bench.store.create(KEY, BYTES);
    await expect(bench.store.create(KEY, bytesOf("other"))).rejects.toMatchObject({ code: "KEY_CONFLICT" });
  });

  test.each([...NOT_EXECUTED, ...EXECUTED])("refuses other bytes after %s", async (_, fault) => {
    await bench.direct.create(KEY, bytesOf("first"));
    fail("PUT", fault, 1);
    await expect(bench.store.create(KEY, BYTES)).rejects.toMatchObject({ code: "KEY_CONFLICT" });
    expect(await bench.direct.get(KEY)).toEqual(bytesOf("first"));
  });

  test.each(["ConditionalRequestConflict", "OperationAborted"])(
    "sends the request again after 409 %s",
    async (name) => {
      fail("PUT", s3Refusal(409, name), 2);
      await bench.store.create(KEY, BYTES);
      expect(await bench.direct.get(KEY)).toEqual(BYTES);
      fail("PUT", s3Refusal(409, name));
      await expect(bench.store.create("a/b", BYTES)).rejects.toMatchObject({ code: "UNAVAILABLE" });
      expect(await bench.direct.get("a/b")).toBeUndefined();
    },
  );

  test("takes no other 409 for an object that stands", async () => {
    fail("PUT", s3Refusal(409, "ObjectParentIsFile"));
    await expect(bench.store.create(KEY, BYTES)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("says so when a taken key holds no object", async () => {
    fail("PUT", s3Refusal(412, "PreconditionFailed"));
    const created = bench.store.create(KEY, BYTES);
    await expect(created).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/returns no obj/),
    });
  });

  test("does not believe a web server that answers 200 to anything", async () => {
    fail("PUT", { kind: "answer", status: 200, body: "<html>welcome</html>" });
    await expect(bench.store.create(KEY, BYTES)).rejects.toMatchObject({ code: "UNAVAILABLE", trouble: "NOT_S3" });
  });

  test("refuses the bytes that reach the server damaged", async () => {
    fail("PUT", s3Refusal(400, "BadDigest"), 1);
    const broken = bench.store.create(KEY, BYTES);
    await expect(broken).rejects.toMatchObject({ code: "UNAVAILABLE", trouble: "TRANSFER_BROKEN" });
  });
});

describe("get", () => {
  const BROKEN: readonly (readonly [string, HttpFault, string])[] = [
    ["a body that stalls", { kind: "stall" }, "UNAVAILABLE"],
    ["a body that is cut", { kind: "cut-answer" }, "UNAVAILABLE"],
    ["a body with another bit", { kind: "flip" }, "DAMAGED"],
    ["no answer", { kind: "hang" }, "UNAVAILABLE"],
    ["503", SLOW_DOWN, "UNAVAILABLE"],
    ["403", s3Refusal(403, "AccessDenied"), "UNAVAILABLE"],
  ];

  test.each(BROKEN.slice(0, 5))("reads again after %s", async (_, fault) => {
    await bench.direct.create(KEY, BYTES);
    fail("GET", fault, 2);
    expect(await bench.store.get(KEY)).toEqual(BYTES);
  });

  test.each(BROKEN)("ends in bounded time with %s each time", async (_, fault, code) => {
    await bench.direct.create(KEY, BYTES);
    fail("GET", fault);
    await expect(bench.store.get(KEY)).rejects.toMatchObject({ code });
  });

  test.each([
    ["404 of another server", { kind: "answer", status: 404, body: "<html>Not Found</html>" }],
    ["a missing bucket", s3Refusal(404, "NoSuchBucket")],
    ["304", { kind: "answer", status: 304 }],
    ["a web page", { kind: "answer", status: 200, body: "<html>welcome</html>" }],
    ["a redirect", s3Refusal(301, "PermanentRedirect", { "x-amz-bucket-region": "eu-central-1" })],
  ] as const)("takes %s for trouble, not for an absent object", async (_, fault) => {
    fail("GET", fault);
    await expect(bench.store.get(KEY)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("list", () => {
  test.each([
    ["a web page", { kind: "answer", status: 200, body: "<html><body>welcome</body></html>" }],
    ["no XML", { kind: "answer", status: 200, body: "welcome" }],
    ["an empty body", { kind: "answer", status: 200 }],
    ["a cut body", { kind: "cut-answer" }],
    ["a stalled body", { kind: "stall" }],
    ["503", SLOW_DOWN],
  ] as const)("takes %s for trouble, not for an empty bucket", async (_, fault) => {
    await bench.direct.create(KEY, BYTES);
    fail("GET", fault);
    await expect(allKeys(bench.store)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    fail("GET", fault, 0);
    expect(await allKeys(bench.store)).toEqual([KEY]);
  });

  test.each([
    ["is not in order", ["b", "a"], false],
    ["repeats its keys", ["a", "a"], false],
    ["begins again with every page", ["a", "b"], true],
  ] as const)("refuses a listing that %s", async (_, keys, isTruncated) => {
    const token = isTruncated ? "<NextContinuationToken>t</NextContinuationToken>" : "";
    const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
    const body = `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${token}${contents}</ListBucketResult>`;
    fail("GET", { kind: "answer", status: 200, headers: { "content-type": "application/xml" }, body });
    await expect(allKeys(bench.store)).rejects.toMatchObject({ code: "UNAVAILABLE", trouble: "NOT_S3" });
  });
});

test("a server that is killed and started again loses nothing that was acknowledged", async () => {
  const acknowledged = new Set<string>();
  let isOver = false;
  const write = async (writer: number): Promise<void> => {
    for (let index = 0; !isOver; index += 1) {
      const key = `w${writer}/${index}`;
      await bench.direct.create(key, bytesOf(key)).then(
        () => acknowledged.add(key),
        (error: unknown) => expect(["UNAVAILABLE", "OUTCOME_UNKNOWN"]).toContain(codeOf(error)),
      );
    }
  };
  const writers = Promise.all([0, 1, 2, 3].map(write));
  while (acknowledged.size < 50) await new Promise((resolve) => setTimeout(resolve, 5));
  await server.kill();
  await server.start();
  const before = acknowledged.size;
  while (acknowledged.size < before + 50) await new Promise((resolve) => setTimeout(resolve, 5));
  isOver = true;
  await writers;
  for (const key of acknowledged) expect(await bench.direct.get(key)).toEqual(bytesOf(key));
});
