import { once } from "node:events";
import { createServer, request as sendRequest } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A fault of one request to a server. */
export type HttpFault =
  /** The connection is cut before the server sees the request. */
  | { readonly kind: "cut-before" }
  /** The server does what it is asked, and the connection is cut before the answer. */
  | { readonly kind: "cut-after" }
  /** The server gets half of the request's body, and both connections are cut. */
  | { readonly kind: "cut-request" }
  /** The headers and half of the answer's body come, and the connection is cut. */
  | { readonly kind: "cut-answer" }
  /** The headers and half of the answer's body come, and nothing after that. */
  | { readonly kind: "stall" }
  /** The server does what it is asked, and no answer comes. */
  | { readonly kind: "hang" }
  /** The request is passed on after a while. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The server does not see this header. For servers that check no signature. */
  | { readonly kind: "without-header"; readonly name: string }
  /** The answer says that the server's clock is off by so much. */
  | { readonly kind: "clock"; readonly offMs: number }
  /** One bit of the answer's body is another. */
  | { readonly kind: "flip" }
  | AnswerFault;

/** An answer in place of the server's. */
export interface AnswerFault extends HttpAnswer {
  readonly kind: "answer";
  /** Whether the server does what it is asked. Default: false. */
  readonly executed?: boolean;
}

/** An answer to a request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as the proxy sees it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A proxy before an HTTP server, on the loopback interface. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Every request that came, in order. */
  readonly seen: readonly SeenRequest[];
  /**
   * Sets the function that decides on the fault of each request, undefined for none. `nth` counts
   * the requests since then from 1.
   */
  setFaults(faultOf: (request: SeenRequest, nth: number) => HttpFault | undefined): void;
  /** Ends the proxy and its connections. */
  stop(): Promise<void>;
}

/** Starts a proxy for the HTTP server on this port. */
export async function startFaultProxy(serverPort: number): Promise<FaultProxy> {
  const seen: SeenRequest[] = [];
  let faultOf: (request: SeenRequest, nth: number) => HttpFault | undefined = () => undefined;
  let count = 0;
  const proxy = createServer((incoming, outgoing) => {
    const request = { method: incoming.method ?? "", url: incoming.url ?? "", headers: incoming.headers };
    seen.push(request);
    count += 1;
    const fault = faultOf(request, count);
    void pass({ incoming, outgoing, serverPort }, fault).catch(() => incoming.socket.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("expected the proxy to have a port");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    seen,
    setFaults(next) {
      [faultOf, count] = [next, 0];
    },
    async stop() {
      proxy.close();
      proxy.closeAllConnections();
      await once(proxy, "close");
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly serverPort: number;
}

async function pass(exchange: Exchange, fault: HttpFault | undefined): Promise<void> {
  const { incoming, outgoing } = exchange;
  const body = Buffer.concat(await incoming.toArray());
  if (fault?.kind === "delay") await sleep(fault.ms);
  if (fault?.kind === "cut-before") return void incoming.socket.destroy();
  if (fault?.kind === "answer" && fault.executed !== true) return writeAnswer(outgoing, fault);
  if (fault?.kind === "cut-request") {
    await sendHalf(exchange, body);
    return void incoming.socket.destroy();
  }
  const answer = await forward(exchange, body, fault?.kind === "without-header" ? fault.name : undefined);
  if (fault?.kind === "answer") return writeAnswer(outgoing, fault);
  if (fault?.kind === "cut-after") return void incoming.socket.destroy();
  if (fault?.kind === "hang") return;
  const bytes = Buffer.concat(await answer.toArray());
  if (fault?.kind === "clock") setClock(answer, fault.offMs);
  if (fault?.kind === "flip" && bytes.length > 0) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  outgoing.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
  if (fault?.kind !== "cut-answer" && fault?.kind !== "stall") return void outgoing.end(bytes);
  // Node holds a write back until the next turn, and a cut before that loses headers and body.
  await new Promise<void>((resolve) => outgoing.write(bytes.subarray(0, bytes.length >> 1), () => resolve()));
  if (fault.kind === "cut-answer") outgoing.destroy();
}

function setClock({ rawHeaders }: IncomingMessage, offMs: number): void {
  const name = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === "date");
  if (name !== -1) rawHeaders[name + 1] = new Date(Date.now() + offMs).toUTCString();
}

function writeAnswer(outgoing: ServerResponse, { status, headers = {}, body = "" }: HttpAnswer): void {
  outgoing.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers }).end(body);
}

/** Sends a request to the server as it came, so that its signature holds, but for one header. */
async function forward({ incoming, serverPort }: Exchange, body: Buffer, without?: string): Promise<IncomingMessage> {
  const { method, url: path, rawHeaders } = incoming;
  const headers = rawHeaders.filter((_, index) => rawHeaders[index & ~1]?.toLowerCase() !== without);
  const request = sendRequest({ host: "127.0.0.1", port: serverPort, method, path, headers, agent: false });
  // One error is that of `once`. A server that is killed may cause another one later.
  request.on("error", () => undefined);
  request.end(body);
  const [answer]: IncomingMessage[] = await once(request, "response");
  if (answer === undefined) throw new Error("expected an answer");
  return answer;
}

async function sendHalf({ incoming, serverPort }: Exchange, body: Buffer): Promise<void> {
  const { method, url: path, rawHeaders: headers } = incoming;
  const request = sendRequest({ host: "127.0.0.1", port: serverPort, method, path, headers, agent: false });
  request.on("error", () => undefined);
  await new Promise<void>((resolve) => request.write(body.subarray(0, body.length >> 1), () => resolve()));
  // Time for the server to take what came.
  await sleep(20);
  request.destroy();
}

/** Returns the answer with which an S3 server refuses a request. */
export function s3Refusal(status: number, code: string, headers: Readonly<Record<string, string>> = {}): AnswerFault {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { kind: "answer", status, headers: { "content-type": "application/xml", ...headers }, body };
}
