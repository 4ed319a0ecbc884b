import type { ServerFacts } from "../server/server-facts.ts";
import type { GroupPosition, StreamGroup } from "./consumer-group.ts";

/** One term of a lease: who reads under another token has read something else. */
export interface LeaseTerm {
  readonly key: string;
  readonly token: string;
}

/** What must still be true for a position to be moved. */
export interface Expected {
  readonly server: ServerFacts;
  readonly term: LeaseTerm;
}

/**
 * Moves the position, but only on the server that was read from and under the lease that it was
 * read under. After a failover another server may answer, and the position would cover entries of
 * that server which were never read. After a lost lease the position would move back behind what
 * another agent has committed and trimmed, and that would look like a loss for ever.
 */
const SET_POSITION = `
if string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') ~= ARGV[3] then return 'OTHER_SERVER' end
if redis.call('GET', KEYS[2]) ~= ARGV[5] then return 'LEASE_LOST' end
if ARGV[4] == '' then redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2])
else redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2], 'ENTRIESREAD', ARGV[4]) end
return 'OK'`;

/**
 * Moves the position of a group, unless another server answers or another term of the lease has
 * begun. Rejects when the group or the stream does not exist.
 */
export async function setPosition(
  { client, stream, group }: StreamGroup,
  { id, entriesRead }: GroupPosition,
  { server, term }: Expected,
): Promise<"OK" | "OTHER_SERVER" | "LEASE_LOST"> {
  const counted = server.countsEntriesRead ? (entriesRead ?? "") : "";
  const facts = [group, id, server.runId, counted, term.token];
  const outcome = await client.eval(SET_POSITION, 2, stream, term.key, ...facts);
  return outcome === "OK" || outcome === "LEASE_LOST" ? outcome : "OTHER_SERVER";
}
