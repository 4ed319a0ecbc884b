import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeEach, expect, test } from "vitest";
import { s3Refusal, startFaultProxy } from "./fault-proxy.ts";
import type { HttpFault } from "./fault-proxy.ts";

const BODY = "0123456789";
/** The bodies that reached the server whole. */
const executed: string[] = [];
const server = createServer((request, answer) => {
  const end = (body: string): void => {
    executed.push(body);
    answer.end(BODY);
  };
  // A body that is cut is no request that was executed.
  void readBody(request).then(end, () => answer.destroy());
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const proxy = await startFaultProxy(portOf(server.address()));
const proxyPort = Number(new URL(proxy.endpoint).port);
afterAll(async () => {
  await proxy.stop();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => void executed.splice(0));

function portOf(address: ReturnType<typeof server.address>): number {
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return address.port;
}

async function readBody(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString();
}

interface Received {
  readonly text: string;
  readonly isCut: boolean;
}

/** Sends a request over a connection of its own, and returns what came until `enough` or a cut. */
async function send(fault: HttpFault, enough: (text: string) => boolean = () => false): Promise<Received> {
  proxy.setFaults(() => fault);
  const socket = connect(proxyPort, "127.0.0.1");
  let text = "";
  const outcome = new Promise<Received>((resolve) => {
    socket.on("data", (data) => {
      text += data.toString();
      if (enough(text)) resolve({ text, isCut: false });
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve({ text, isCut: true }));
  });
  socket.write("PUT /a HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\nabcdef");
  const received = await outcome;
  socket.destroy();
  return received;
}

test("cut-before: the server sees nothing, and no answer comes", async () => {
  expect(await send({ kind: "cut-before" })).toEqual({ text: "", isCut: true });
  expect(executed).toEqual([]);
});

test("cut-request: the server does not get the whole body", async () => {
  expect(await send({ kind: "cut-request" })).toEqual({ text: "", isCut: true });
  expect(executed).toEqual([]);
});

test("cut-after: the server did what it was asked, and no answer comes", async () => {
  expect(await send({ kind: "cut-after" })).toEqual({ text: "", isCut: true });
  expect(executed).toEqual(["abcdef"]);
});

test("cut-answer: the headers and half of the body come before the cut", async () => {
  const { text, isCut } = await send({ kind: "cut-answer" });
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(text).toMatch(/01234/);
  expect(text).not.toMatch(/56789/);
  expect(isCut).toBe(true);
});

test("stall: the headers and half of the body come, and the connection stands", async () => {
  const { text, isCut } = await send({ kind: "stall" }, (received) => received.includes("01234"));
  expect(text).not.toMatch(/56789/);
  expect(isCut).toBe(false);
});

test("an answer in place of the server's, which was not asked, or was", async () => {
  const refusal = s3Refusal(503, "SlowDown");
  const isWhole = (text: string): boolean => text.endsWith("</Error>");
  expect((await send(refusal, isWhole)).text).toMatch(/^HTTP\/1\.1 503 [^]*<Code>SlowDown<\/Code>/);
  expect(executed).toEqual([]);
  expect((await send({ ...refusal, executed: true }, isWhole)).text).toMatch(/^HTTP\/1\.1 503 /);
  expect(executed).toEqual(["abcdef"]);
});
