import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { internalFailure, parseFailure } from "../rpc/rpc-failure.ts";
import type { Answerer } from "./answer.ts";
import type { Reply } from "./reply.ts";
import { failureReply, htmlReply, textReply } from "./reply.ts";

/** The largest request that a node reads, in bytes. */
const MAX_BODY = 10 * 1024 * 1024;

/** A server on the loopback interface. */
export interface RpcServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** What a server answers with. */
export interface ServerParts {
  readonly answerer: Answerer;
  /** Returns the page for a person, as HTML. */
  readonly page: () => string;
  /** 0 for a free one. */
  readonly port: number;
}

/** Starts a server: JSON-RPC by POST, and a page by GET. Rejects if the port is taken. */
export async function startServer(parts: ServerParts): Promise<RpcServer> {
  const server = createServer((request, response) => {
    void replyTo(request, parts).then((reply) => send(response, reply));
  });
  server.listen(parts.port, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => close(server) };
}

async function replyTo(request: IncomingMessage, { answerer, page }: ServerParts): Promise<Reply> {
  try {
    if (request.method === "OPTIONS") return textReply(204, "");
    if (request.method === "GET") return request.url === "/" ? htmlReply(200, page()) : textReply(404, "see /");
    if (request.method !== "POST") return textReply(405, "POST a JSON-RPC request, or GET the page at /");
    const body = await readBody(request);
    if (body === undefined) return failureReply(null, parseFailure(`a request has at most ${MAX_BODY} bytes`, 413));
    return await answerer(body);
  } catch (error) {
    return failureReply(null, internalFailure(String(error)));
  }
}

/** Reads the body. Resolves to undefined for one that is too large, of which it keeps nothing. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MAX_BODY) chunks.push(bytes);
    else chunks.length = 0;
  }
  return size > MAX_BODY ? undefined : Buffer.concat(chunks).toString();
}

/** Pages of any origin may ask, as they may ask a node of the network. */
const ANY_ORIGIN = { "access-control-allow-origin": "*", "access-control-allow-headers": "content-type" };

function send(response: ServerResponse, reply: Reply): void {
  if (reply.kind === "drop") response.socket?.destroy();
  else response.writeHead(reply.status, { ...ANY_ORIGIN, ...reply.headers }).end(reply.body);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server that listens has a port");
  return address.port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
