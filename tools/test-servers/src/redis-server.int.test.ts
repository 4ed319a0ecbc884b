import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { startRedis } from "./redis-server.ts";

test("what was answered is there after kill -9", async () => {
  const server = await startRedis();
  onTestFinished(() => server.stop());
  const write = new Redis(server.port, "127.0.0.1", { retryStrategy: () => null });
  write.on("error", () => undefined);
  await write.set("kept", "1");
  await server.kill();
  expect(server.isRunning()).toBe(false);
  await server.start();
  const read = new Redis(server.port, "127.0.0.1");
  onTestFinished(() => read.disconnect());
  expect(await read.get("kept")).toBe("1");
});
