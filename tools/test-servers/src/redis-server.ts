import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { startChild } from "./child-server.ts";
import type { ChildServer } from "./child-server.ts";

/**
 * Starts a redis-server on a free port, with additional arguments. It writes every change to disk
 * before it answers.
 */
export async function startRedis(...args: string[]): Promise<ChildServer> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-redis-"));
  const durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  return startChild({
    name: "redis-server",
    folder,
    command: (port) => {
      const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder];
      return { program: "redis-server", args: [...place, ...durable, ...args] };
    },
    isUp,
  });
}

async function isUp(port: number, pid: number): Promise<boolean> {
  const client = new Redis(port, "127.0.0.1", { retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on("error", () => undefined);
  const answer: unknown = await client.info("server").catch((error: unknown) => error);
  client.disconnect();
  // A server with a password does not give its process id, so its refusal must be enough.
  const isRefusal = answer instanceof Error && /NOAUTH/.test(answer.message);
  return isRefusal || String(answer).includes(`process_id:${pid}`);
}
