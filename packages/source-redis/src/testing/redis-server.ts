import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
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
  const durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  let child: ChildProcess | undefined;

  /** Gives whether it came up: another program may have taken the port meanwhile. */
  const startOn = async (port: number): Promise<boolean> => {
    const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", directory];
    child = spawn("redis-server", [...place, ...durable, ...args], { stdio: "ignore" });
    const isUp = await untilItAnswers(port, child);
    if (!isUp) child = undefined;
    return isUp;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || hasEnded(child)) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  };

  let port = randomPort();
  while (!(await startOn(port))) port = randomPort();
  return {
    port,
    async start() {
      if (!(await startOn(port))) throw new Error(`the server did not come up again on port ${port}`);
    },
    kill: () => end("SIGKILL"),
    async stop() {
      await end("SIGKILL");
      await rm(directory, { recursive: true });
    },
  };
}

/** Below the ports that the kernel gives to outgoing connections, of which tests make many. */
function randomPort(): number {
  return 15_000 + Math.floor(Math.random() * 15_000);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Resolves once this very process answers; false when it ended instead, as where the port is another's. */
async function untilItAnswers(port: number, child: ChildProcess): Promise<boolean> {
  const client = new Redis(port, "127.0.0.1", { retryStrategy: () => 20, maxRetriesPerRequest: 0 });
  client.on("error", () => undefined);
  try {
    while (!hasEnded(child)) {
      const answer: unknown = await client.info("server").catch((error: unknown) => error);
      // A server that wants a password does not say who it is; its answer has to do.
      const isRefusal = answer instanceof Error && /NOAUTH/.test(answer.message);
      if (isRefusal || String(answer).includes(`process_id:${child.pid}`)) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  } finally {
    client.disconnect();
  }
}
