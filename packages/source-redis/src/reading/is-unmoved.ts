import type { Redis } from "ioredis";
import { groupsOf } from "../streams/consumer-group.ts";
import type { LeaseTerm } from "../streams/set-position.ts";
import { compareEntryIds } from "../streams/entry-id.ts";
import type { StreamCursor } from "./stream-cursor.ts";

/** The group that a source reads for, and the term of its lease. */
interface Reading {
  readonly client: Redis;
  readonly group: string;
  readonly term: LeaseTerm;
}

/**
 * Asks the server whether this term of the lease still lasts, and whether no position of the group
 * is ahead of its cursor. Otherwise another agent has recorded and committed entries after the
 * cursor, and may have trimmed them: they are not lost.
 */
export async function isUnmoved({ client, group, term }: Reading, cursors: readonly StreamCursor[]): Promise<boolean> {
  const streams = cursors.map(({ stream }) => stream);
  const reply = await client.eval(READ_GROUPS, 1 + streams.length, term.key, ...streams);
  const [token, ...groups]: unknown[] = Array.isArray(reply) ? reply : [];
  if (token !== term.token) return false;
  return cursors.every(({ cursor }, index) => {
    const ours = groupsOf(groups[index]).find(({ name }) => name === group);
    return ours !== undefined && compareEntryIds(ours.position.id, cursor) <= 0;
  });
}

/** Returns the token of the lease and the groups of each stream. */
const READ_GROUPS = `
local replies = {redis.call('GET', KEYS[1])}
for index = 2, #KEYS do replies[index] = redis.call('XINFO', 'GROUPS', KEYS[index]) end
return replies`;
