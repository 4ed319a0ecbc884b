import type { Redis } from "ioredis";
import { discoverStreams } from "./discover-streams.ts";
import type { StreamSelection } from "./discover-streams.ts";
import { readGroups } from "./consumer-group.ts";
import { readStreamFacts } from "./stream-facts.ts";

/** How far the committed position of a stream is behind. */
export interface StreamLag {
  readonly stream: string;
  /**
   * The number of entries after it. Undefined where the server does not know it, as before Redis 7.
   */
  readonly entries: number | undefined;
  /**
   * When the oldest of them was added, in milliseconds since 1970 UTC by the server's clock.
   * Undefined where there is none.
   */
  readonly oldestAt: number | undefined;
}

/** Reads the lag of every stream of a selection. Rejects with the server's error. */
export async function readLag(client: Redis, group: string, selection: StreamSelection): Promise<StreamLag[]> {
  const streams = await discoverStreams(client, selection);
  return Promise.all(Array.from(streams, async (stream) => lagOf(client, group, stream)));
}

async function lagOf(client: Redis, group: string, stream: string): Promise<StreamLag> {
  const groups = await readGroups(client, stream);
  // A stream without the group has not been read at all.
  const position = groups.find(({ name }) => name === group)?.position ?? { id: "0-0", entriesRead: 0 };
  const [oldest] = await client.xrange(stream, `(${position.id}`, "+", "COUNT", 1);
  if (oldest === undefined) return { stream, entries: 0, oldestAt: undefined };
  const { added } = await readStreamFacts(client, stream);
  const known = added !== undefined && position.entriesRead !== undefined;
  return {
    stream,
    entries: known ? Math.max(1, added - position.entriesRead) : undefined,
    oldestAt: Number(oldest[0].split("-")[0]),
  };
}
