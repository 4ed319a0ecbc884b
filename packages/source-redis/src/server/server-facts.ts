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
  /** Whether a script may ask to run although the memory is full (Redis 7). */
  readonly hasScriptFlags: boolean;
}

/**
 * Checks that a connection can be used, and reads the facts of its server. Rejects with
 * UNSUITABLE_SERVER below Redis 6.2 and for a cluster or a sentinel, and with DB_OUT_OF_RANGE where
 * the server does not have the selected database.
 */
export async function readServerFacts(client: Redis): Promise<ServerFacts> {
  await selectDb(client);
  const info = await client.info("server");
  const fact = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const [major = 0, minor = 0] = fact("redis_version").split(".").map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    throw new RedisSourceError("UNSUITABLE_SERVER", `expected Redis 6.2 or later, got ${fact("redis_version")}`);
  }
  checkMode(fact("redis_mode"));
  return { runId: fact("run_id"), countsEntriesRead: major >= 7, hasScriptFlags: major >= 7 };
}

/** The streams of one source would lie on several nodes, and one script reads them all. */
function checkMode(mode: string): void {
  if (mode === "" || mode === "standalone") return;
  const help = "connect to a server that is not part of a cluster";
  throw new RedisSourceError("UNSUITABLE_SERVER", `expected a standalone Redis, got one in ${mode} mode: ${help}`);
}

/**
 * Selects the database of the client once more. The client goes on when its own SELECT fails, and
 * would read and commit in database 0.
 */
async function selectDb(client: Redis): Promise<void> {
  const { db = 0 } = client.options;
  if (db !== 0) await client.select(db);
}
