import type { Position } from "@etrap/batcher";
import type { Redis } from "ioredis";
import { openGroup, readGroups, setPosition } from "./consumer-group.ts";
import { discoverStreams } from "./discovery.ts";
import type { StreamSelection } from "./discovery.ts";
import { compareEntryIds } from "./entry-id.ts";
import type { RedisSourceEvent, ResetReason } from "./events.ts";
import type { ServerFacts } from "./server.ts";
import { createStreamCursor } from "./stream-cursor.ts";
import type { StreamCursor } from "./stream-cursor.ts";
import { readStreamFacts } from "./stream-facts.ts";

/** What a generation reads, and in whose name. */
export interface GenerationOptions extends StreamSelection {
  readonly client: Redis;
  readonly group: string;
  readonly consumer: string;
  readonly onEvent: (event: RedisSourceEvent) => void;
}

/**
 * One generation of reading: cursors that all began at the group's positions on one server. Where one can no longer be trusted, none is:
 * stepping back means to make a new generation, and what this one had read comes again.
 */
export interface Generation {
  readonly number: number;
  readonly streams: readonly string[];
  /** The cursors of the streams that are not paused. */
  cursors(paused: ReadonlySet<string>): StreamCursor[];
  /** Notes an entry as read. */
  read(position: Position): void;
  /** Notes an entry as committed. */
  commit(position: Position): void;
  /** Opens streams that appeared, and looks for lost entries; says why to step back if a stream was replaced under its cursor. */
  discover(): Promise<ResetReason | undefined>;
  /** Tells the server what was committed; says why to step back if it is another server. */
  communicate(): Promise<ResetReason | undefined>;
}

/** Creates a generation on this server, without streams yet. */
export function createGeneration(number: number, server: ServerFacts, options: GenerationOptions): Generation {
  const { client, group, consumer, onEvent } = options;
  const cursors = new Map<string, StreamCursor>();

  const communicateOne = async (cursor: StreamCursor): Promise<ResetReason | undefined> => {
    const commit = cursor.uncommunicated;
    if (commit === undefined) return undefined;
    const outcome = await setPosition(client, cursor.stream, group, commit, server);
    if (outcome === "OTHER_SERVER") return "other-server";
    cursor.communicated(commit);
    return undefined;
  };

  return {
    number,
    get streams() {
      return [...cursors.keys()];
    },
    cursors: (paused) => [...cursors.values()].filter(({ stream }) => !paused.has(stream)),
    read: ({ stream, id }) => cursors.get(stream)?.read(id),
    commit: ({ stream, id }) => cursors.get(stream)?.commit(id),
    async discover() {
      const streams = await discoverStreams(client, options);
      for (const cursor of cursors.values()) {
        const reason = streams.has(cursor.stream) ? await compareWithServer(client, cursor, group) : "stream-replaced";
        if (reason !== undefined) return reason;
      }
      for (const stream of streams) {
        if (cursors.has(stream)) continue;
        const { position, entriesRead } = await openGroup(client, stream, group, consumer, server);
        const cursor = createStreamCursor(stream, { id: position, entriesRead }, onEvent);
        cursors.set(stream, cursor);
        onEvent({ type: "stream-found", stream, committed: position });
        cursor.compare(await readStreamFacts(client, stream));
      }
      return undefined;
    },
    async communicate() {
      const reasons = await Promise.all(Array.from(cursors.values(), communicateOne));
      return reasons.find((reason) => reason !== undefined);
    },
  };
}

/** Looks for lost entries, and whether the stream is no longer the one that was read: its group is gone, or it ends before what was read. */
async function compareWithServer(client: Redis, cursor: StreamCursor, group: string): Promise<ResetReason | undefined> {
  const groups = await readGroups(client, cursor.stream);
  if (!groups.some(({ name }) => name === group)) return "group-missing";
  const facts = await readStreamFacts(client, cursor.stream);
  if (compareEntryIds(facts.last, cursor.cursor) < 0) return "stream-replaced";
  cursor.compare(facts);
  return undefined;
}
