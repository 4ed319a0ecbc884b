import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { createNearProvider } from "./near-provider.ts";
import type { NearProvider } from "./near-provider.ts";
import { RpcFailure } from "./rpc-failure.ts";
import type { RpcFailureFacts } from "./rpc-failure.ts";

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** The path, the query and a header of the node's address may each hold a key. */
const SECRET = "secret";

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return address.port;
}

function providerAt(port: number, timeoutMs: number): NearProvider {
  const url = `http://127.0.0.1:${port}/${SECRET}?key=${SECRET}#${SECRET}`;
  return createNearProvider({ url, headers: { authorization: SECRET, "content-type": "text/plain" }, timeoutMs });
}

async function providerOn(answer: Answer, timeoutMs = 5_000): Promise<NearProvider> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => answer(response, request));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return providerAt(await portOf(server), timeoutMs);
}

type Told = Omit<RpcFailureFacts, "detail" | "cause"> & { readonly message: string };

/** What a failed call tells. Its message is given without the name of the node. */
async function failureOf(provider: NearProvider, signal?: AbortSignal): Promise<Told & { readonly detail: unknown }> {
  const error: unknown = await provider.call("status", [], signal).catch((reason: unknown) => reason);
  if (!(error instanceof RpcFailure)) throw error instanceof Error ? error : new Error("expected a failure");
  expect(provider.name).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(error.message.slice(0, provider.name.length + 2)).toBe(`${provider.name}: `);
  expect(error.message).not.toContain(SECRET);
  const { kind, causeName, retryAfterMs, detail } = error;
  const message = error.message.slice(provider.name.length + 2);
  return { kind, message, detail, ...(causeName !== undefined && { causeName }), retryAfterMs };
}

function sending(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

function sendingJson(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return sending(JSON.stringify(body), status, headers);
}

const bad = (message: string): Told => ({ kind: "bad-answer", message, retryAfterMs: undefined });
const http = (status: number, retryAfterMs?: number): Told => ({
  kind: "http",
  message: `HTTP status ${status}`,
  retryAfterMs,
});
const unreachable = (message = "no connection, or it broke"): Told => ({
  kind: "unreachable",
  message,
  retryAfterMs: undefined,
});

test("sends JSON-RPC 2.0 with a new id each time, and returns the result", async () => {
  const bodies: unknown[] = [];
  const headers: unknown[] = [];
  const server = createServer((request, response) => {
    headers.push([request.method, request.headers["content-type"], request.headers.authorization]);
    let body = "";
    request.on("data", (chunk) => void (body += String(chunk)));
    request.on("end", () => {
      bodies.push(JSON.parse(body));
      response.end(JSON.stringify({ jsonrpc: "2.0", id: "1", result: { height: 7 } }));
    });
  });
  onTestFinished(() => void server.close());
  const provider = providerAt(await portOf(server), 5_000);
  expect(await provider.call("block", { finality: "final" })).toEqual({ height: 7 });
  await provider.call("status", []);
  expect(bodies).toEqual([
    { jsonrpc: "2.0", id: "1", method: "block", params: { finality: "final" } },
    { jsonrpc: "2.0", id: "2", method: "status", params: [] },
  ]);
  expect(headers[0]).toEqual(["POST", "application/json", SECRET]);
});

test("a result of null is a result", async () => {
  expect(await (await providerOn(sendingJson({ result: null }))).call("status", [])).toBeNull();
});

test("a character that two packets share is read whole", async () => {
  const [first, second] = [Buffer.from('{"result":"é').subarray(0, -1), Buffer.from('é"}').subarray(1)];
  const provider = await providerOn((response) => {
    response.write(first);
    setTimeout(() => response.end(second), 50);
  });
  expect(await provider.call("status", [])).toBe("é");
});

test.for([200, 400, 404, 408, 422, 429, 500, 503])(
  "an error of the node counts before the HTTP status %i",
  async (status) => {
    const error = { name: "HANDLER_ERROR", cause: { name: "UNKNOWN_ACCOUNT", info: { height: 7 } }, data: "x" };
    expect(await failureOf(await providerOn(sendingJson({ error, message: SECRET }, status)))).toEqual({
      kind: "refused",
      causeName: "UNKNOWN_ACCOUNT",
      message: "UNKNOWN_ACCOUNT",
      retryAfterMs: undefined,
      detail: { info: { height: 7 }, data: "x", message: "" },
    });
  },
);

test("an error without a cause has its own name", async () => {
  const failure = await failureOf(await providerOn(sendingJson({ error: { name: "INTERNAL_ERROR", message: "no" } })));
  expect(failure).toMatchObject({ kind: "refused", causeName: "INTERNAL_ERROR", detail: { message: "no" } });
});

test.for<[string, Answer, Told]>([
  ["HTML", sending(`<html>${SECRET}</html>`), bad("an answer that is not JSON-RPC")],
  ["nothing", sending(""), bad("an answer that is not JSON-RPC")],
  ["no content", sending("", 204), bad("an answer that is not JSON-RPC")],
  ["half of an answer", sending('{"result":'), bad("an answer that is not JSON-RPC")],
  ["an array", sendingJson([1]), bad("an answer that is not JSON-RPC")],
  ["a number", sendingJson(1), bad("an answer that is not JSON-RPC")],
  ["null", sendingJson(null), bad("an answer that is not JSON-RPC")],
  ["neither a result nor an error", sendingJson({ id: "1" }), bad("an answer that is not JSON-RPC")],
  ["an error that is text", sendingJson({ error: SECRET }), bad("an answer that is not JSON-RPC")],
  ["an error without a name", sendingJson({ error: { code: 1 } }), bad("an error that is not a node's")],
  ["an error with a number for a name", sendingJson({ error: { name: 1 } }), bad("an error that is not a node's")],
  ["a long name", sendingJson({ error: { name: "X".repeat(101) } }), bad("an error that is not a node's")],
  [
    "a cause that is text of a stranger",
    sendingJson({ error: { cause: { name: `\u001B[31m\n${SECRET}` } } }),
    bad("an error that is not a node's"),
  ],
  ["a result and an error", sendingJson({ result: 1, error: SECRET }), bad("an error that is not a node's")],
  ["a result with a failing status", sendingJson({ result: 1 }, 500), http(500)],
  ["an error without a name and a failing status", sendingJson({ error: { code: 1 } }, 403), http(403)],
  ["a page of a server in between", sending(`<html>${SECRET}</html>`, 503), http(503)],
  ["a connection that breaks", (response) => response.destroy(), unreachable(expect.stringMatching(/^no connection/))],
  [
    "a connection that breaks in the body",
    (response) => void response.write('{"result":', () => response.destroy()),
    unreachable(expect.stringMatching(/^no connection/)),
  ],
])("%s is no answer", async ([, answer, told]) => {
  expect(await failureOf(await providerOn(answer))).toEqual({ ...told, detail: undefined });
});

test.for([
  ["a result", (deep: string) => `{"result":${deep}}`, "an answer that is not JSON-RPC"],
  ["an error", (deep: string) => `{"error":{"name":"X","data":${deep}}}`, "an answer that is not JSON-RPC"],
] as const)("%s that is nested without end is no answer", async ([, around, message]) => {
  for (const deep of ["[".repeat(100_000) + "]".repeat(100_000), `${'{"a":'.repeat(1_000)}1${"}".repeat(1_000)}`])
    expect(await failureOf(await providerOn(sending(around(deep))))).toMatchObject({ kind: "bad-answer", message });
});

test.for([307, 308, 301, 302])("a redirect with %i is not followed", async (status) => {
  let followed = 0;
  const target = createServer((_, response) => {
    followed += 1;
    response.end('{"result":1}');
  });
  onTestFinished(() => void target.close());
  const location = `http://127.0.0.1:${await portOf(target)}/${SECRET}`;
  const failure = await failureOf(await providerOn(sending("", status, { location })));
  expect(failure).toMatchObject(unreachable());
  expect(followed).toBe(0);
});

test("an answer of 50 MB is not read to its end", async () => {
  let sent = 0;
  const chunk = Buffer.alloc(1 << 20, "a");
  const closed = Promise.withResolvers<void>();
  const provider = await providerOn((response) => {
    response.on("close", closed.resolve);
    const send = (): void => {
      while (sent < 50 && !response.destroyed) {
        sent += 1;
        if (!response.write(chunk)) return void response.once("drain", send);
      }
      response.end();
    };
    send();
  });
  expect(await failureOf(provider)).toMatchObject(bad("an answer of more than 8 MiB"));
  await closed.promise;
  expect(sent).toBeLessThan(30);
});

test("a small answer that unpacks to 50 MB is refused too", async () => {
  const answer = sending(gzipSync(Buffer.alloc(50 << 20, " ")), 200, { "content-encoding": "gzip" });
  expect(await failureOf(await providerOn(answer))).toMatchObject(bad("an answer of more than 8 MiB"));
});

test("an answer just below the bound is read", async () => {
  const text = "a".repeat((8 << 20) - '{"result":""}'.length);
  expect(await (await providerOn(sendingJson({ result: text }))).call("status", [])).toBe(text);
  expect(await failureOf(await providerOn(sendingJson({ result: `${text}a` })))).toMatchObject({ kind: "bad-answer" });
});

test.for<[string, Answer]>([
  ["never comes", () => undefined],
  ["stalls in its body", (response) => void response.write('{"result":')],
])("an answer that %s ends with the time", async ([, answer]) => {
  const failure = await failureOf(await providerOn(answer, 200), new AbortController().signal);
  expect(failure).toMatchObject({ kind: "timed-out", message: "no answer within 0.2 s", retryAfterMs: undefined });
});

test.for<[string, Answer]>([
  ["before an answer", () => undefined],
  ["in the body", (response) => void response.write('{"result":')],
])("a call that is ended %s is told as that", async ([, answer]) => {
  const stop = new AbortController();
  const provider = await providerOn((response, request) => {
    answer(response, request);
    setTimeout(() => stop.abort(), 20);
  });
  expect(await failureOf(provider, stop.signal)).toMatchObject({ kind: "aborted", message: "the call was ended" });
});

test("a call that was ended before sends nothing", async () => {
  let asked = 0;
  const provider = await providerOn(() => void (asked += 1));
  expect(await failureOf(provider, AbortSignal.abort())).toMatchObject({ kind: "aborted" });
  expect(asked).toBe(0);
});

test("a port on which nobody listens is unreachable, and why", async () => {
  const server = createServer();
  const port = await portOf(server);
  server.close();
  await once(server, "close");
  expect(await failureOf(providerAt(port, 5_000))).toMatchObject(unreachable("no connection (ECONNREFUSED)"));
});

test.for([
  ["no time", "0", 0],
  ["seconds", "7", 7_000],
  ["years", "99999999", 3_600_000],
  ["more than a number holds", "9".repeat(400), 3_600_000],
  ["a word", "soon", undefined],
  ["a unit", "7 s", undefined],
  ["nothing", "", undefined],
  ["a date that is over", new Date(Date.now() - 1_000).toUTCString(), 0],
  ["tomorrow", new Date(Date.now() + 86_400_000).toUTCString(), 3_600_000],
  ["no header", undefined, undefined],
] as const)("waits as Retry-After says: %s", async ([, retryAfter, ms]) => {
  const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
  for (const answer of [sending("slow down", 429, headers), sendingJson({ error: { code: -32_005 } }, 429, headers)])
    expect(await failureOf(await providerOn(answer))).toMatchObject(http(429, ms));
});

test("waits until the date that Retry-After names", async () => {
  const date = new Date(Date.now() + 60_000).toUTCString();
  const { retryAfterMs } = await failureOf(await providerOn(sending("", 503, { "retry-after": date })));
  expect(retryAfterMs).toBeGreaterThan(50_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
});

test.for([
  "",
  "near.org",
  "/rpc",
  "ftp://127.0.0.1",
  "file:///etc/hosts",
  "http://",
  `http://${SECRET}@127.0.0.1`,
  `http://:${SECRET}@127.0.0.1`,
  `https://user:${SECRET}@127.0.0.1`,
])("refuses the address %j", (url) => {
  const create = (): NearProvider => createNearProvider({ url });
  const message = "expected http://… or https://…, without a user name, as the address of an RPC node";
  expect(create).toThrow(expect.objectContaining({ code: "BAD_OPTIONS", message }));
});
