import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "./events.ts";
import { refusalOf, RedisSourceError } from "./redis-source-error.ts";

/** The ioredis options that the source needs: nothing is queued or sent again behind its back, since it steps back by itself. */
export function redisClientOptions(): {
  lazyConnect: true;
  enableOfflineQueue: false;
  autoResendUnfulfilledCommands: false;
  maxRetriesPerRequest: 0;
  commandTimeout: number;
  retryStrategy: (attempt: number) => number;
} {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A connection that is half open answers nothing, for ever; no command of ours waits longer than half a second by itself.
    commandTimeout: 10_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  };
}

/** Facts of the server that a connection leads to. */
export interface ServerFacts {
  /** Another one at each start of the server. */
  readonly runId: string;
  /** Whether a group's position can carry the count of entries read, which makes its lag right (Redis 7). */
  readonly countsEntriesRead: boolean;
}

/** Reads a server's facts. Rejects with UNSUITABLE_SERVER below Redis 6.2. */
export async function readServerFacts(client: Redis): Promise<ServerFacts> {
  const info = await client.info("server");
  const fact = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const [major = 0, minor = 0] = fact("redis_version").split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new RedisSourceError("UNSUITABLE_SERVER", `expected Redis 6.2 or later, got ${fact("redis_version")}`);
  }
  return { runId: fact("run_id"), countsEntriesRead: major >= 7 };
}

/** Refuses a server that evicts keys when its memory is full. */
export async function checkEviction(client: Redis, onEvent: (event: RedisSourceEvent) => void): Promise<void> {
  const facts = await client.info("memory");
  const policy = /^maxmemory_policy:(.*?)\r?$/m.exec(facts)?.[1];
  const limit = /^maxmemory:(\d+)/m.exec(facts)?.[1];
  if (policy === undefined || limit === undefined) return onEvent({ type: "eviction-unchecked" });
  if (policy !== "noeviction" && limit !== "0") {
    const message = `maxmemory-policy is ${policy}: with memory full, whole streams and their groups vanish; set it to noeviction`;
    throw new RedisSourceError("EVICTION_POLICY", message);
  }
}

/** Connects, and resolves once the server takes commands. Rejects when it refuses, and with ABORTED. */
export async function connect(client: Redis, signal: AbortSignal): Promise<void> {
  let refusal: RedisSourceError | undefined;
  const onError = (error: unknown): void => {
    refusal ??= refusalOf(error);
  };
  client.on("error", onError);
  // A failed attempt is tried again by the client itself; what it failed of comes as an error event.
  if (client.status === "wait") client.connect().catch(onError);
  while (client.status !== "ready") {
    if (refusal !== undefined) throw refusal;
    if (signal.aborted) throw new RedisSourceError("ABORTED", "stopped while waiting for Redis");
    await sleep(50, signal);
  }
}

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });
}
