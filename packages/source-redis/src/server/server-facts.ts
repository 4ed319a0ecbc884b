import type { Redis } from "ioredis";
import { RedisSourceError } from "../redis-source-error.ts";

/** Facts about the server that a connection leads to. */
export interface ServerFacts {
  /** The identity of this run. A server has a new one after each start. */
  readonly runId: string;
  /**
   * Whether the position of a group carries the number of entries read, which makes its lag right
   * (Redis 7).
   */
  readonly countsEntriesRead: boolean;
}

/** Reads the facts of a server. Rejects with UNSUITABLE_SERVER below Redis 6.2. */
export async function readServerFacts(client: Redis): Promise<ServerFacts> {
  const info = await client.info("server");
  const fact = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const [major = 0, minor = 0] = fact("redis_version").split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new RedisSourceError("UNSUITABLE_SERVER", `expected Redis 6.2 or later, got ${fact("redis_version")}`);
  }
  return { runId: fact("run_id"), countsEntriesRead: major >= 7 };
}
