import type { Redis } from "ioredis";
import type { Reached } from "./find-loss.ts";
import type { ServerFacts } from "./server.ts";
import { factsOf, readStreamFacts } from "./stream-facts.ts";

/** A consumer group of a stream, as the server tells it. */
export interface GroupFacts {
  readonly name: string;
  readonly position: string;
  readonly pending: number;
  /** Entries up to the position; undefined where the server does not know. */
  readonly entriesRead: number | undefined;
}

/** The groups of a stream. */
export async function readGroups(client: Redis, stream: string): Promise<GroupFacts[]> {
  const groups: unknown = await client.xinfo("GROUPS", stream);
  return Array.isArray(groups) ? groups.map(groupFactsOf) : [];
}

function groupFactsOf(reply: unknown): GroupFacts {
  const fact = factsOf(reply);
  const read = fact("entries-read");
  return {
    name: String(fact("name")),
    position: String(fact("last-delivered-id")),
    pending: Number(fact("pending")),
    entriesRead: typeof read === "number" ? read : undefined,
  };
}

/** Our group of a stream, made at the stream's beginning if there is none, with our consumer in it. */
export async function openGroup(
  client: Redis,
  stream: string,
  group: string,
  consumer: string,
  server: ServerFacts,
): Promise<GroupFacts> {
  await client.xgroup("CREATE", stream, group, "0").then(
    // Of a new group the server does not know how many entries lie behind it; without that, it can tell no lag.
    () => (server.countsEntriesRead ? countFromStart(client, stream, group) : undefined),
    (error: unknown) => {
      if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
    },
  );
  await client.xgroup("CREATECONSUMER", stream, group, consumer);
  const facts = (await readGroups(client, stream)).find(({ name }) => name === group);
  return facts ?? { name: group, position: "0-0", pending: 0, entriesRead: undefined };
}

async function countFromStart(client: Redis, stream: string, group: string): Promise<void> {
  const { added = 0, length } = await readStreamFacts(client, stream);
  const trimmed = added - length;
  await client.call("XGROUP", "SETID", stream, group, "0", "ENTRIESREAD", trimmed);
}

/** Checks that the server is the one that was read from: after a failover, the position of the one would be a lie on the other. */
const SET_POSITION = `
if string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') ~= ARGV[3] then return 'OTHER_SERVER' end
if ARGV[4] == '' then redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2])
else redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2], 'ENTRIESREAD', ARGV[4]) end
return 'OK'`;

/** Moves a group's position. Rejects when the group or stream is gone. */
export async function setPosition(
  client: Redis,
  stream: string,
  group: string,
  commit: Reached,
  server: ServerFacts,
): Promise<"OK" | "OTHER_SERVER"> {
  const entriesRead = server.countsEntriesRead ? (commit.entriesRead ?? "") : "";
  const outcome = await client.eval(SET_POSITION, 1, stream, group, commit.id, server.runId, entriesRead);
  return outcome === "OK" ? "OK" : "OTHER_SERVER";
}
