import type { Position } from "@etrap/batcher";
import type { Redis } from "ioredis";
import type { RedisSourceEvent } from "../events.ts";
import type { ServerFacts } from "../server/server-facts.ts";
import { openGroup, readGroups } from "../streams/consumer-group.ts";
import { discoverStreams } from "../streams/discover-streams.ts";
import type { StreamSelection } from "../streams/discover-streams.ts";
import { compareEntryIds } from "../streams/entry-id.ts";
import { setPosition } from "../streams/set-position.ts";
import type { LeaseTerm } from "../streams/set-position.ts";
import { readStreamFacts } from "../streams/stream-facts.ts";
import { isUnmoved } from "./is-unmoved.ts";
import type { Lease } from "./lease.ts";
import type { ResetReason } from "./reset-reason.ts";
import { createStreamCursor } from "./stream-cursor.ts";
import type { StreamCursor } from "./stream-cursor.ts";

/** Options of `createGeneration`. */
export interface GenerationOptions extends StreamSelection {
  readonly client: Redis;
  readonly group: string;
  readonly consumer: string;
  readonly lease: Pick<Lease, "term">;
  readonly onEvent: (event: RedisSourceEvent) => void;
}

/**
 * One generation of reading: cursors that all began at the positions of the group on one server.
 * When one cursor can no longer be trusted, none can. The source then steps back: it creates a new
 * generation, and everything that was read and not committed is read again.
 */
export interface Generation {
  readonly number: number;
  /**
   * Whether the lease was held without a break since the positions of the group were read, as far
   * as is known here.
   */
  readonly isOfThisTerm: boolean;
  /** Whether an entry of it was handed over. */
  readonly hasDelivered: boolean;
  /** The names of the open streams. */
  readonly streams: readonly string[];
  /** Returns the cursors of the streams, without those that are paused. */
  cursors(paused?: ReadonlySet<string>): StreamCursor[];
  /**
   * Checks that something may be said about losses in these streams: that the lease is still held,
   * and that the group is not ahead of what was read. The server is asked, since after a pause of
   * the whole machine nothing else knows.
   */
  mayReport(cursors: readonly StreamCursor[]): Promise<boolean>;
  /** Notes an entry as read. */
  read(position: Position): void;
  /** Notes an entry as committed. */
  commit(position: Position): void;
  /**
   * Opens new streams and looks for lost entries. Returns a reason to step back when an open stream
   * is no longer the same.
   */
  discover(): Promise<ResetReason | undefined>;
  /**
   * Moves the group's positions on the server to what was committed. Returns a reason to step back
   * when the server is another one or the lease was lost.
   */
  flushCommits(): Promise<ResetReason | undefined>;
}

/** Creates a generation on this server, without streams yet. */
export function createGeneration(number: number, server: ServerFacts, options: GenerationOptions): Generation {
  const { client, group, lease } = options;
  const cursors = new Map<string, StreamCursor>();
  /** The term under which the positions were read. */
  let term: LeaseTerm | undefined;
  let hasDelivered = false;

  const flushOne = async (cursor: StreamCursor): Promise<ResetReason | undefined> => {
    const commit = cursor.pendingCommit;
    if (commit === undefined || term === undefined) return undefined;
    const outcome = await setPosition({ client, stream: cursor.stream, group }, commit, { server, term });
    if (outcome === "OTHER_SERVER") return "other-server";
    if (outcome === "LEASE_LOST") return "lease-lost";
    cursor.commitFlushed(commit);
    return undefined;
  };

  return {
    number,
    get isOfThisTerm() {
      return term === undefined || term.token === lease.term.token;
    },
    get hasDelivered() {
      return hasDelivered;
    },
    get streams() {
      return [...cursors.keys()];
    },
    cursors: (paused) => [...cursors.values()].filter(({ stream }) => paused?.has(stream) !== true),
    mayReport: async (doubtful) => term !== undefined && isUnmoved({ client, group, term }, doubtful),
    read({ stream, id }) {
      hasDelivered = true;
      cursors.get(stream)?.read(id);
    },
    commit: ({ stream, id }) => cursors.get(stream)?.commit(id),
    async discover() {
      term ??= lease.term;
      const streams = await discoverStreams(client, options);
      for (const cursor of cursors.values()) {
        const reason = streams.has(cursor.stream) ? await compareWithServer(client, cursor, group) : "stream-replaced";
        if (reason !== undefined) return reason;
      }
      for (const stream of streams) {
        if (cursors.has(stream)) continue;
        const cursor = await openCursor(stream, server, options);
        cursors.set(stream, cursor);
        cursor.compare(await readStreamFacts(client, stream));
      }
      return undefined;
    },
    async flushCommits() {
      const reasons = await Promise.all(Array.from(cursors.values(), flushOne));
      return reasons.find((reason) => reason !== undefined);
    },
  };
}

/**
 * Looks for lost entries in an open stream. Returns a reason to step back when the group is gone or
 * the stream ends before the cursor.
 */
async function compareWithServer(client: Redis, cursor: StreamCursor, group: string): Promise<ResetReason | undefined> {
  const groups = await readGroups(client, cursor.stream);
  if (!groups.some(({ name }) => name === group)) return "group-missing";
  const facts = await readStreamFacts(client, cursor.stream);
  if (compareEntryIds(facts.last, cursor.cursor) < 0) return "stream-replaced";
  cursor.compare(facts);
  return undefined;
}

async function openCursor(
  stream: string,
  server: ServerFacts,
  { client, group, consumer, onEvent }: GenerationOptions,
): Promise<StreamCursor> {
  const position = await openGroup({ client, stream, group }, consumer, server);
  onEvent({ type: "stream-found", stream, committed: position.id });
  return createStreamCursor(stream, position, onEvent);
}
