import type { Redis } from "ioredis";
import { readGroups } from "./consumer-group.ts";
import { compareEntryIds, nextEntryId } from "./entry-id.ts";

/**
 * Trims a stream's entries that our group has committed on this server and that are older than `retentionMs` by its clock, but none that
 * another group has not read and acknowledged. Gives the name of a group that holds trimming back.
 */
export async function trimStream(
  client: Redis,
  stream: string,
  group: string,
  retentionMs: number,
): Promise<string | undefined> {
  const groups = await readGroups(client, stream);
  const ours = groups.find(({ name }) => name === group);
  if (ours === undefined) return undefined;
  const [seconds] = await client.time();
  const oldEnough = `${Math.max(0, Number(seconds) * 1000 - retentionMs)}-0`;
  const committed = nextEntryId(ours.position);
  let limit = compareEntryIds(committed, oldEnough) < 0 ? committed : oldEnough;
  let heldBackBy: string | undefined;
  for (const other of groups) {
    if (other.name === group) continue;
    const needed = other.pending > 0 ? await firstPending(client, stream, other.name) : nextEntryId(other.position);
    if (compareEntryIds(needed, limit) >= 0) continue;
    [limit, heldBackBy] = [needed, other.name];
  }
  await client.xtrim(stream, "MINID", limit);
  return heldBackBy;
}

async function firstPending(client: Redis, stream: string, group: string): Promise<string> {
  const [, first] = await client.xpending(stream, group);
  return typeof first === "string" ? first : "0-0";
}
