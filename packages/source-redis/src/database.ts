import { createDecoder } from "@etrap/debezium";
import type { Redis } from "ioredis";
import { discoverStreams } from "./discovery.ts";
import type { StreamSelection } from "./discovery.ts";
import type { RedisSourceEvent } from "./events.ts";
import { RedisSourceError } from "./redis-source-error.ts";
import { sleep } from "./server.ts";

const POLL_MS = 500;
/** Entries of each stream that are looked at: enough to pass over tombstones and poison. */
const LOOK_AT = 10;

/** What Debezium calls the database, by the first change that says so. Waits while there is none. Rejects with ABORTED. */
export async function findDatabase(
  client: Redis,
  selection: StreamSelection,
  onEvent: (event: RedisSourceEvent) => void,
  signal: AbortSignal,
): Promise<string> {
  const decode = createDecoder({ nameDatabase: (connectorsName) => connectorsName ?? "" });
  /** Where to look on: however much poison stands at a stream's head, a change behind it is found. */
  const lookedAt = new Map<string, string>();
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    for (const stream of await discoverStreams(client, selection)) {
      for (const [id, fields] of await client.xrangeBuffer(
        stream,
        lookedAt.get(stream) ?? "-",
        "+",
        "COUNT",
        LOOK_AT,
      )) {
        lookedAt.set(stream, `(${String(id)}`);
        const entry = decode(fields);
        if (entry.kind === "change" && isName(entry.database)) return entry.database;
      }
    }
    if (attempt === 0) onEvent({ type: "waiting-for-database" });
    await sleep(POLL_MS, signal);
  }
  throw new RedisSourceError(
    "ABORTED",
    "stopped while no change told the database's name; set it, or wait for a first change",
  );
}

/** Whether this can name a folder and a lease: whoever writes to Redis writes this too. */
function isName(name: string): boolean {
  return name !== "" && Buffer.byteLength(name) <= 255 && name.isWellFormed();
}
