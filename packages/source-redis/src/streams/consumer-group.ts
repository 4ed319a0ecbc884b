import type { Redis } from "ioredis";
import { evenWhenFull } from "../server/even-when-full.ts";
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
  return groupsOf(await client.xinfo("GROUPS", stream));
}

/** Returns the groups in a reply to XINFO GROUPS. */
export function groupsOf(reply: unknown): GroupFacts[] {
  return Array.isArray(reply) ? reply.map(groupFactsOf) : [];
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
  const call = evenWhenFull(CALL, server);
  await client.eval(call, 1, stream, "XGROUP", "CREATE", stream, group, "0").then(
    // For a new group the server does not know how many entries lie before it. Without that it
    // reports no lag.
    () => (server.countsEntriesRead ? countFromStart(streamGroup) : undefined),
    (error: unknown) => {
      if (!(error instanceof Error && error.message.includes("BUSYGROUP"))) throw error;
    },
  );
  await client.eval(call, 1, stream, "XGROUP", "CREATECONSUMER", stream, group, consumer);
  const facts = (await readGroups(client, stream)).find(({ name }) => name === group);
  return facts?.position ?? { id: "0-0", entriesRead: undefined };
}

/** Runs the command that its arguments give. */
const CALL = "return redis.call(unpack(ARGV))";

async function countFromStart({ client, stream, group }: StreamGroup): Promise<void> {
  const { added = 0, length } = await readStreamFacts(client, stream);
  const trimmed = added - length;
  await client.call("XGROUP", "SETID", stream, group, "0", "ENTRIESREAD", trimmed);
}
