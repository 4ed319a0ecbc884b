import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A real redis-server on the loopback, for tests. */
export interface RedisServer {
  readonly port: number;
  /** Ends it with SIGKILL; what is on disk stays. */
  kill(): Promise<void>;
  /** Starts it again on what is on disk. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a server on a free port, with these arguments besides. Its changes are on disk before it answers. */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), "etrap-redis-"));
  const port = await freePort();
  const durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  let child: ReturnType<typeof spawn> | undefined;

  const start = async (): Promise<void> => {
    const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", directory];
    child = spawn("redis-server", [...place, ...durable, ...args], { stdio: "ignore" });
    await untilItAnswers(port);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };

  await start();
  return {
    port,
    start,
    kill: () => end("SIGKILL"),
    async stop() {
      await end("SIGKILL");
      await rm(directory, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return address.port;
}

async function untilItAnswers(port: number): Promise<void> {
  const client = new Redis(port, "127.0.0.1", { retryStrategy: () => 20, maxRetriesPerRequest: null });
  client.on("error", () => undefined);
  try {
    // A password or a user's rights are an answer too.
    await client.ping().catch(() => undefined);
  } finally {
    client.disconnect();
  }
}
