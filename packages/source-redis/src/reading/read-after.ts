import type { Redis } from "ioredis";
import { streamFactsOf } from "../streams/stream-facts.ts";
import { rawEntriesOf } from "./raw-entry.ts";
import type { RawEntry } from "./raw-entry.ts";
import type { StreamCursor } from "./stream-cursor.ts";

/**
 * Returns for each stream its facts, without the content of its first and last entry, and what
 * stands after a place. A transaction would not do: a server whose memory is full takes none.
 */
const READ_AFTER = `
local replies = {}
for index, stream in ipairs(KEYS) do
  local facts = redis.call('XINFO', 'STREAM', stream)
  for place, fact in ipairs(facts) do if type(fact) == 'table' then facts[place] = {fact[1]} end end
  replies[index] = {facts, redis.call('XREAD', 'COUNT', ARGV[1], 'STREAMS', stream, ARGV[index + 1])}
end
return replies`;

/**
 * Reads what stands after the cursors, gaps first. One script reads the facts of the streams and
 * their entries. If the facts were older, entries trimmed between the two reads would be passed
 * over now and be reported as lost later, at another place.
 */
export async function readAfter(
  connection: Redis,
  cursors: readonly StreamCursor[],
  count: number,
): Promise<RawEntry[]> {
  const streams = cursors.map(({ stream }) => stream);
  const places = cursors.map(({ cursor }) => cursor);
  const reply: unknown = await connection.callBuffer("EVAL", READ_AFTER, streams.length, ...streams, count, ...places);
  const replies: unknown[] = Array.isArray(reply) ? reply : [];
  return cursors.flatMap((cursor, index) => {
    const [facts, entries]: unknown[] = Array.isArray(replies[index]) ? replies[index] : [];
    cursor.compare(streamFactsOf(textsOf(facts)));
    return [...gapAfter(cursor), ...rawEntriesOf(entries)];
  });
}

/** Returns a reply with text in place of bytes. */
function textsOf(reply: unknown): unknown {
  if (Array.isArray(reply)) return reply.map(textsOf);
  return Buffer.isBuffer(reply) ? reply.toString() : reply;
}

/** Returns the gap directly after a cursor, an empty list where there is none. */
export function gapAfter({ stream, gap }: StreamCursor): RawEntry[] {
  return gap === undefined ? [] : [{ kind: "gap", stream, id: gap, fields: [], size: 0 }];
}
