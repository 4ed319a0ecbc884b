import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A real redis-server on the loopback interface, for tests. */
export interface RedisServer {
  readonly port: number;
  /** Ends the server with SIGKILL. Its data stays on disk. */
  kill(): Promise<void>;
  /** Stops the server without ending it: it accepts connections, and answers nothing. */
  pause(): void;
  /** Lets a paused server go on. */
  resume(): void;
  /** Starts the server again on its data, at the same port. */
  start(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts a server on a free port, with additional arguments. It writes every change to disk before
 * it answers.
 */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), "etrap-redis-"));
  const durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "always"];
  let child: ChildProcess | undefined;

  /**
   * Returns false when the server did not come up, for example because another program has taken
   * the port.
   */
  const startOn = async (port: number): Promise<boolean> => {
    const place = ["--bind", "127.0.0.1", "--port", String(port), "--dir", directory];
    child = spawn("redis-server", [...place, ...durable, ...args], { stdio: "ignore" });
    const isUp = await waitUntilUp(port, child);
    if (!isUp) child = undefined;
    return isUp;
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || hasEnded(child)) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };

  let port = randomPort();
  while (!(await startOn(port))) port = randomPort();
  return {
    port,
    async start() {
      if (!(await startOn(port))) throw new Error(`expected redis-server to start again on port ${port}, but it ended`);
    },
    kill,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async stop() {
      await kill();
      await rm(directory, { recursive: true });
    },
  };
}

/**
 * Returns a port below those that the kernel gives to outgoing connections, of which tests make
 * many.
 */
function randomPort(): number {
  return 15_000 + Math.floor(Math.random() * 15_000);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * Resolves with true once this process answers, and with false when it ended, as it does when the
 * port is taken.
 */
async function waitUntilUp(port: number, child: ChildProcess): Promise<boolean> {
  const client = new Redis(port, "127.0.0.1", { retryStrategy: () => 20, maxRetriesPerRequest: 0 });
  client.on("error", () => undefined);
  try {
    while (!hasEnded(child)) {
      const answer: unknown = await client.info("server").catch((error: unknown) => error);
      // A server with a password does not give its process id, so its refusal must be enough.
      const isRefusal = answer instanceof Error && /NOAUTH/.test(answer.message);
      if (isRefusal || String(answer).includes(`process_id:${child.pid}`)) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  } finally {
    client.disconnect();
  }
}
