import { createDecoder } from "@etrap/debezium";
import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "../events.ts";
import { RedisSourceError } from "../redis-source-error.ts";
import type { Ask } from "../server/ask-server.ts";
import { sleep } from "../wait/sleep.ts";
import { discoverStreams } from "./discover-streams.ts";
import type { StreamSelection } from "./discover-streams.ts";

const POLL_MS = 500;
/**
 * The number of entries that are read from each stream at once: enough to pass over tombstones and
 * poison.
 */
const LOOK_AT = 10;

/** Options of `findDatabase`. */
export interface FindDatabaseOptions extends StreamSelection {
  readonly client: Redis;
  /** Asks the server again while it is away. */
  readonly ask: Ask;
  readonly onEvent: (event: RedisSourceEvent) => void;
  readonly signal: AbortSignal;
}

/**
 * Returns Debezium's name for the database, from the first change that gives one. Waits until there
 * is such a change. Rejects with ABORTED.
 */
export async function findDatabase({
  client,
  ask,
  onEvent,
  signal,
  ...selection
}: FindDatabaseOptions): Promise<string> {
  const search = createSearch(client, selection);
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    const database = await ask(search);
    if (database !== undefined) return database;
    if (attempt === 0) onEvent({ type: "waiting-for-database" });
    await sleep(POLL_MS, signal);
  }
  throw new RedisSourceError(
    "ABORTED",
    "the source was stopped before any change gave the database's name; set the name, or wait for a first change",
  );
}

/**
 * Creates a function that reads some entries of each stream, further at each call, and returns the
 * first name found.
 */
function createSearch(client: Redis, selection: StreamSelection): () => Promise<string | undefined> {
  const decode = createDecoder({ nameDatabase: (connectorsName) => connectorsName ?? "" });
  /**
   * The place after the last entry read of each stream, so that the search passes any amount of
   * poison.
   */
  const starts = new Map<string, string>();
  return async () => {
    for (const stream of await discoverStreams(client, selection)) {
      const start = starts.get(stream) ?? "-";
      for (const [id, fields] of await client.xrangeBuffer(stream, start, "+", "COUNT", LOOK_AT)) {
        starts.set(stream, `(${String(id)}`);
        const entry = decode(fields);
        if (entry.kind === "change" && isName(entry.database)) return entry.database;
      }
    }
    return undefined;
  };
}

/**
 * Whether a name can stand in the names of a folder and of a lease. It comes from whoever may write
 * to Redis.
 */
function isName(name: string): boolean {
  return name !== "" && Buffer.byteLength(name) <= 255 && name.isWellFormed();
}
