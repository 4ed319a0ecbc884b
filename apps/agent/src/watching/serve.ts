import { once } from "node:events";
import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";

/** An answer to a request. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Paths, and what answers them. */
export type Routes = Readonly<Record<string, () => Promise<Reply>>>;

/** A server that answers GET and HEAD for some paths. */
export interface WatchServer {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The most connections at a time. Further ones are closed, and recording is not disturbed. */
const MOST_CONNECTIONS = 256;
/** The longest time for which a client may take to send a request, in milliseconds. */
const REQUEST_MS = 5_000;

/** Starts a server. Rejects with the error of the system, such as `EADDRINUSE`. */
export async function serveRoutes(
  { port, address }: { readonly port: number; readonly address: string },
  routes: Routes,
): Promise<WatchServer> {
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, maxHeaderSize: 8_192 });
  server.maxConnections = MOST_CONNECTIONS;
  server.keepAliveTimeout = REQUEST_MS;
  server.on("request", (request, response) => {
    // No request needs a body. One that has a large one is not read to its end.
    response.setHeader("connection", "close");
    void answer(response, { method: request.method ?? "", path: pathOf(request.url), routes });
  });
  // A client that is no HTTP client, or that goes away.
  server.on("clientError", (_, socket) => socket.destroy());
  server.listen(port, address);
  await once(server, "listening");
  // The process must end although a client is connected.
  server.unref();
  return { url: urlOf(server), close: async () => closeServer(server) };
}

async function answer(
  response: ServerResponse,
  { method, path, routes }: { readonly method: string; readonly path: string; readonly routes: Routes },
): Promise<void> {
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  const reply = await replyOf(method, route);
  response.writeHead(reply.status, {
    "content-type": reply.type,
    "content-length": Buffer.byteLength(reply.body),
    "cache-control": "no-store",
  });
  response.end(method === "HEAD" ? undefined : reply.body);
}

async function replyOf(method: string, route: (() => Promise<Reply>) | undefined): Promise<Reply> {
  const refused = (status: number, text: string): Reply => ({ status, type: "text/plain", body: `${text}\n` });
  if (method !== "GET" && method !== "HEAD") return refused(405, "expected GET");
  if (route === undefined) return refused(404, "not found");
  try {
    return await route();
  } catch (error) {
    return refused(500, error instanceof Error ? error.message : "failed");
  }
}

function pathOf(url = "/"): string {
  return url.split("?", 1)[0] ?? "/";
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return "";
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
