import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { serveRoutes } from "./serve.ts";
import type { WatchServer } from "./serve.ts";

async function start(): Promise<WatchServer> {
  const server = await serveRoutes(
    { port: 0, address: "127.0.0.1" },
    {
      "/health": async () => ({ status: 200, type: "application/json", body: "{}\n" }),
      "/broken": async () => {
        throw new Error("no");
      },
    },
  );
  onTestFinished(async () => server.close());
  return server;
}

async function open({ url }: WatchServer): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  onTestFinished(() => void socket.destroy());
  return socket;
}

test("answers GET and HEAD for its paths, and refuses the rest", async () => {
  const { url } = await start();
  const statusOf = async (path: string, method = "GET"): Promise<number> =>
    (await fetch(`${url}${path}`, { method })).status;
  expect(await statusOf("/health?verbose=1")).toBe(200);
  expect(await statusOf("/health", "HEAD")).toBe(200);
  expect(await statusOf("/health", "POST")).toBe(405);
  expect(await statusOf("/broken")).toBe(500);
  for (const path of ["/", "/etc/passwd", "/constructor", "/__proto__"]) expect(await statusOf(path)).toBe(404);
});

test("a request of 1 MB, one that is no HTTP and a slow one do no harm", async () => {
  const server = await start();
  const large = await fetch(`${server.url}/health`, { method: "POST", body: "x".repeat(1 << 20) }).catch(
    () => undefined,
  );
  expect([undefined, 405]).toContain(large?.status);
  const wrong = await open(server);
  wrong.write("\0\u0001 nonsense\r\n\r\n");
  const slow = await open(server);
  slow.write("GET /health HTTP/1.1\r\n");
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});

test("many idle connections are bounded, and close does not wait for them", async () => {
  const server = await start();
  const sockets = await Promise.all(Array.from({ length: 1_000 }, async () => open(server)));
  await Promise.all(
    sockets.slice(0, 300).map(async (socket) => (socket.destroyed ? undefined : once(socket, "close"))),
  );
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  await open(server);
  await server.close();
});

test("a port that is taken is refused", async () => {
  const { url } = await start();
  const again = serveRoutes({ port: Number(new URL(url).port), address: "127.0.0.1" }, {});
  await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
});
