import type { Redis } from "ioredis";
import { readGroups } from "./consumer-group.ts";
import type { GroupFacts, StreamGroup } from "./consumer-group.ts";
import { compareEntryIds, nextEntryId } from "./entry-id.ts";

/**
 * Trims the entries of a stream that the group has committed and that are older than `retentionMs`
 * by the server's clock. Keeps every entry that another group has not read and acknowledged.
 * Returns the name of a group that holds trimming back, undefined when there is none.
 */
export async function trimStream(streamGroup: StreamGroup, retentionMs: number): Promise<string | undefined> {
  const { client, stream, group } = streamGroup;
  const groups = await readGroups(client, stream);
  const ours = groups.find(({ name }) => name === group);
  if (ours === undefined) return undefined;
  const [seconds] = await client.time();
  const oldEnough = `${Math.max(0, Number(seconds) * 1000 - retentionMs)}-0`;
  const committed = nextEntryId(ours.position.id);
  let limit = compareEntryIds(committed, oldEnough) < 0 ? committed : oldEnough;
  let heldBackBy: string | undefined;
  for (const other of groups) {
    if (other.name === group) continue;
    const needed = await firstNeeded(streamGroup, other);
    if (compareEntryIds(needed, limit) >= 0) continue;
    [limit, heldBackBy] = [needed, other.name];
  }
  await client.xtrim(stream, "MINID", limit);
  return heldBackBy;
}

/** Returns the id of the first entry that another group still needs. */
async function firstNeeded({ client, stream }: StreamGroup, other: GroupFacts): Promise<string> {
  return other.pending > 0 ? firstPending(client, stream, other.name) : nextEntryId(other.position.id);
}

async function firstPending(client: Redis, stream: string, group: string): Promise<string> {
  const [, first] = await client.xpending(stream, group);
  return typeof first === "string" ? first : "0-0";
}
