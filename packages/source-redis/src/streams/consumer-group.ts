import type { Redis } from "ioredis";
import type { ServerFacts } from "../server/server-facts.ts";
import { factsOf, readStreamFacts } from "./stream-facts.ts";

/** A consumer group of a stream, with the client that reaches it. */
export interface StreamGroup {
  readonly client: Redis;
  readonly stream: string;
  readonly group: string;
}

/** A position in a stream. */
export interface GroupPosition {
  readonly id: string;
  /**
   * The number of entries ever added up to this position, undefined where the server does not know
   * it.
   */
  readonly entriesRead: number | undefined;
}

/** The state of a consumer group, as the server reports it. */
export interface GroupFacts {
  readonly name: string;
  readonly position: GroupPosition;
  /** The number of entries that were read by the group and not acknowledged. */
  readonly pending: number;
}

/** Reads the groups of a stream. Rejects when the stream does not exist. */
export async function readGroups(client: Redis, stream: string): Promise<GroupFacts[]> {
  const groups: unknown = await client.xinfo("GROUPS", stream);
  return Array.isArray(groups) ? groups.map(groupFactsOf) : [];
}

function groupFactsOf(reply: unknown): GroupFacts {
  const fact = factsOf(reply);
  const entriesRead = fact("entries-read");
  return {
    name: String(fact("name")),
    position: {
      id: String(fact("last-delivered-id")),
      entriesRead: typeof entriesRead === "number" ? entriesRead : undefined,
    },
    pending: Number(fact("pending")),
  };
}

/**
 * Creates a group at the beginning of its stream unless it exists, adds a consumer, and returns the
 * group's position.
 */
export async function openGroup(
  streamGroup: StreamGroup,
  consumer: string,
  server: ServerFacts,
): Promise<GroupPosition> {
  const { client, stream, group } = streamGroup;
  await client.xgroup("CREATE", stream, group, "0").then(
    // For a new group the server does not know how many entries lie before it. Without that it
    // reports no lag.
    () => (server.countsEntriesRead ? countFromStart(streamGroup) : undefined),
    (error: unknown) => {
      if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
    },
  );
  await client.xgroup("CREATECONSUMER", stream, group, consumer);
  const facts = (await readGroups(client, stream)).find(({ name }) => name === group);
  return facts?.position ?? { id: "0-0", entriesRead: undefined };
}

async function countFromStart({ client, stream, group }: StreamGroup): Promise<void> {
  const { added = 0, length } = await readStreamFacts(client, stream);
  const trimmed = added - length;
  await client.call("XGROUP", "SETID", stream, group, "0", "ENTRIESREAD", trimmed);
}

/**
 * Moves the position, but only on the server that was read from. After a failover another server
 * may answer, and the position would cover entries of that server which were never read.
 */
const SET_POSITION = `
if string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') ~= ARGV[3] then return 'OTHER_SERVER' end
if ARGV[4] == '' then redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2])
else redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2], 'ENTRIESREAD', ARGV[4]) end
return 'OK'`;

/**
 * Moves the position of a group, unless another server than `server` answers. Rejects when the
 * group or the stream does not exist.
 */
export async function setPosition(
  { client, stream, group }: StreamGroup,
  { id, entriesRead }: GroupPosition,
  server: ServerFacts,
): Promise<"OK" | "OTHER_SERVER"> {
  const counted = server.countsEntriesRead ? (entriesRead ?? "") : "";
  const outcome = await client.eval(SET_POSITION, 1, stream, group, id, server.runId, counted);
  return outcome === "OK" ? "OK" : "OTHER_SERVER";
}
