import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { createNearProvider } from "./near-provider.ts";
import type { NearProvider } from "./near-provider.ts";
import { RpcFailure } from "./rpc-failure.ts";

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** The path of the node's address, which may hold a key. */
const SECRET = "secret-path";

async function providerOn(answer: Answer, timeoutMs = 5_000): Promise<NearProvider> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => answer(response, request));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return createNearProvider({ url: `http://127.0.0.1:${address.port}/${SECRET}?key=${SECRET}`, timeoutMs });
}

async function failureOf(provider: NearProvider, signal?: AbortSignal): Promise<RpcFailure> {
  const error: unknown = await provider.call("status", [], signal).catch((reason: unknown) => reason);
  if (!(error instanceof RpcFailure)) throw new Error("expected an RpcFailure", { cause: error });
  expect(error.message).not.toContain(SECRET);
  expect(error.message).toContain(provider.name);
  return error;
}

function sending(body: string, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

const error = { name: "HANDLER_ERROR", cause: { name: "UNKNOWN_ACCOUNT", info: { height: 7 } }, data: "x" };

test("sends JSON-RPC 2.0, and returns the result", async () => {
  let body = "";
  const provider = await providerOn((response, request) => {
    body = request.headers["content-type"] ?? "";
    response.end(JSON.stringify({ jsonrpc: "2.0", id: "1", result: { height: 7 } }));
  });
  expect(await provider.call("block", { finality: "final" })).toEqual({ height: 7 });
  expect(body).toBe("application/json");
});

test.for([200, 400, 404, 408, 422, 500, 503])(
  "an error of the node counts before the HTTP status %i",
  async (status) => {
    const failure = await failureOf(await providerOn(sending(JSON.stringify({ error }), status)));
    expect(failure).toMatchObject({ kind: "refused", causeName: "UNKNOWN_ACCOUNT" });
    expect(failure.detail).toMatchObject({ info: { height: 7 }, data: "x" });
  },
);

test.for([
  ["HTML", sending("<html>welcome</html>"), "bad-answer"],
  ["nothing", sending(""), "bad-answer"],
  ["another JSON", sending("[1]"), "bad-answer"],
  ["an error without a name", sending(JSON.stringify({ error: { code: 1 } })), "bad-answer"],
  ["a page of a server in between", sending("<html>", 503), "http"],
  ["a redirect", sending("", 302, { location: "http://127.0.0.1:1/" }), "unreachable"],
  ["a connection that breaks", (response) => response.destroy(), "unreachable"],
] as const satisfies readonly (readonly [string, Answer, string])[])("%s is no answer", async ([, answer, kind]) => {
  expect(await failureOf(await providerOn(answer))).toMatchObject({ kind });
});

test("an answer of 50 MB is not read to its end", async () => {
  let sent = 0;
  const chunk = Buffer.alloc(1 << 20, "a");
  const provider = await providerOn((response) => {
    const send = (): void => {
      while (sent < 50 && !response.destroyed) {
        sent += 1;
        if (!response.write(chunk)) return void response.once("drain", send);
      }
      response.end();
    };
    send();
  });
  expect(await failureOf(provider)).toMatchObject({ kind: "bad-answer", message: expect.stringContaining("8 MiB") });
  expect(sent).toBeLessThan(30);
});

test.for([
  ["never comes", () => undefined],
  ["stalls in its body", (response) => void response.write('{"result":')],
] as const satisfies readonly (readonly [string, Answer])[])(
  "an answer that %s ends with the time",
  async ([, answer]) => {
    const failure = await failureOf(await providerOn(answer, 200));
    expect(failure).toMatchObject({ kind: "timed-out", message: expect.stringContaining("0.2 s") });
  },
);

test("an aborted call is told as that", async () => {
  const provider = await providerOn(() => undefined);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  expect(await failureOf(provider, stop.signal)).toMatchObject({ kind: "aborted" });
});

test("a port on which nobody listens is unreachable, and why", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const failure = await failureOf(createNearProvider({ url: `http://127.0.0.1:${port}/` }));
  expect(failure).toMatchObject({ kind: "unreachable", message: expect.stringContaining("ECONNREFUSED") });
});

test.for([
  ["7", 7_000],
  ["99999999", 3_600_000],
  ["soon", undefined],
  [new Date(Date.now() - 1_000).toUTCString(), 0],
  [undefined, undefined],
] as const)("waits as Retry-After says: %s", async ([retryAfter, ms]) => {
  const headers = retryAfter === undefined ? {} : { "retry-after": retryAfter };
  expect(await failureOf(await providerOn(sending("slow down", 429, headers)))).toMatchObject({
    kind: "http",
    retryAfterMs: ms,
  });
});

test.for(["", "near.org", "ftp://127.0.0.1", "http://user@127.0.0.1"])("refuses the address %s", (url) => {
  expect(() => createNearProvider({ url })).toThrow(expect.objectContaining({ code: "BAD_OPTIONS" }));
});
