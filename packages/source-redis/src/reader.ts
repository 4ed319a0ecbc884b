import type { Redis } from "ioredis";
import type { StreamCursor } from "./stream-cursor.ts";
import { streamFactsOf } from "./stream-facts.ts";

/** One entry as Redis holds it, or a gap where entries are lost. */
interface RawEntry {
  readonly isGap: boolean;
  readonly stream: string;
  readonly id: string;
  /** Names and values in turn. */
  readonly fields: readonly Uint8Array[];
  readonly size: number;
}

/** How much to read at once. */
interface ReadLimits {
  readonly max: number;
  readonly maxBytes: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Reads entries behind cursors. */
export interface Reader {
  /** The next entries and gaps of these streams, each stream's in order: at most `max`, and none after the one that reaches `maxBytes`. */
  read(cursors: readonly StreamCursor[], limits: ReadLimits): Promise<RawEntry[]>;
}

/** What an entry is taken for before any was seen. */
const FIRST_GUESS_BYTES = 16_384;

/** Creates a reader on a connection of its own: its reads wait. */
export function createReader(connection: Redis): Reader {
  let entryBytes = FIRST_GUESS_BYTES;
  let turn = 0;

  return {
    async read(cursors, { max, maxBytes, waitMs, signal }) {
      const gaps = cursors.flatMap(gapBehind);
      if (cursors.length === 0 || gaps.length > 0 || signal.aborted) return signal.aborted ? [] : gaps.slice(0, max);
      const busy = await findBusy(connection, rotate(cursors, (turn += 1)), waitMs);
      if (busy.length === 0) return [];
      // A reply is in memory before it can be measured, so what is asked for follows the sizes seen.
      const fitting = Math.min(max, Math.floor(maxBytes / entryBytes));
      const entries = await readBehind(connection, busy, Math.max(1, Math.floor(fitting / busy.length)));
      const largest = entries.reduce((most, { size }) => Math.max(most, size), 1);
      entryBytes = Math.max(largest, Math.ceil(entryBytes / 2));
      return upTo(entries, max, maxBytes);
    },
  };
}

/** The streams that hold something behind their cursors. Waits for a first one. */
async function findBusy(connection: Redis, cursors: readonly StreamCursor[], waitMs: number): Promise<StreamCursor[]> {
  const wait = Math.max(1, Math.ceil(waitMs));
  const reply = await connection.xreadBuffer("COUNT", 1, "BLOCK", wait, "STREAMS", ...placesOf(cursors));
  const busy = new Set(reply?.map(([stream]) => String(stream)));
  return cursors.filter(({ stream }) => busy.has(stream));
}

/**
 * What stands behind the cursors, gaps first. The streams' facts are of the very moment of the reading: were they of another, what is trimmed in
 * between would be passed over, and missed later in another place.
 */
async function readBehind(connection: Redis, cursors: readonly StreamCursor[], count: number): Promise<RawEntry[]> {
  const transaction = connection.multi();
  for (const { stream } of cursors) transaction.xinfo("STREAM", stream);
  transaction.xreadBuffer("COUNT", count, "STREAMS", ...placesOf(cursors));
  const replies = (await transaction.exec())?.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply;
  });
  for (const [index, cursor] of cursors.entries()) cursor.compare(streamFactsOf(replies?.[index]));
  const entries = Map.groupBy(rawEntries(replies?.at(-1)), ({ stream }) => stream);
  return cursors.flatMap((cursor) => [...gapBehind(cursor), ...(entries.get(cursor.stream) ?? [])]);
}

/** The streams' names and then their cursors, as XREAD wants them. */
function placesOf(cursors: readonly StreamCursor[]): string[] {
  return [...cursors.map(({ stream }) => stream), ...cursors.map(({ cursor }) => cursor)];
}

function gapBehind({ stream, gap }: StreamCursor): RawEntry[] {
  return gap === undefined ? [] : [{ isGap: true, stream, id: gap, fields: [], size: 0 }];
}

/** The entries in a reply to XREAD: streams, each with its entries, each with its fields. */
function rawEntries(reply: unknown): RawEntry[] {
  return listOf(reply).flatMap((each) => {
    const [stream, entries] = listOf(each);
    return listOf(entries).map((entry) => {
      const [id, fields] = listOf(entry);
      return rawEntry(String(stream), String(id), listOf(fields).filter(Buffer.isBuffer));
    });
  });
}

function listOf(reply: unknown): unknown[] {
  return Array.isArray(reply) ? reply : [];
}

function rawEntry(stream: string, id: string, fields: readonly Buffer[]): RawEntry {
  return { isGap: false, stream, id, fields, size: fields.reduce((sum, { length }) => sum + length, 0) };
}

/** The entries up to the limits. What lies beyond is read again: its cursors do not move. */
function upTo(entries: readonly RawEntry[], max: number, maxBytes: number): RawEntry[] {
  let bytes = 0;
  const end = entries.findIndex(({ size }) => (bytes += size) >= maxBytes);
  return entries.slice(0, Math.min(max, end < 0 ? entries.length : end + 1));
}

/** Every stream comes first in its turn, so that a busy one does not starve the others. */
function rotate<T>(items: readonly T[], turn: number): T[] {
  const start = turn % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
