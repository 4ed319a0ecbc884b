import type { Redis } from "ioredis";
import type { RawEntry } from "./raw-entry.ts";
import { gapAfter, readAfter } from "./read-after.ts";
import type { StreamCursor } from "./stream-cursor.ts";

/** The limits of one read. */
interface ReadLimits {
  readonly max: number;
  readonly maxBytes: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** Reads the entries after cursors. */
export interface Reader {
  /**
   * Returns the next entries and gaps of these streams, each stream's in order: at most `max`, and
   * none after the one that reaches `maxBytes`.
   */
  read(cursors: readonly StreamCursor[], limits: ReadLimits): Promise<RawEntry[]>;
}

/** The assumed size of an entry before any was read. */
const FIRST_GUESS_BYTES = 16_384;

/** Creates a reader. A read blocks its connection while it waits, so the reader needs its own. */
export function createReader(connection: Redis): Reader {
  let entryBytes = FIRST_GUESS_BYTES;
  let turn = 0;

  return {
    async read(cursors, { max, maxBytes, waitMs, signal }) {
      const gaps = cursors.flatMap(gapAfter);
      if (cursors.length === 0 || gaps.length > 0 || signal.aborted) return signal.aborted ? [] : gaps.slice(0, max);
      const busy = await findBusy(connection, rotate(cursors, (turn += 1)), waitMs);
      if (busy.length === 0) return [];
      // A reply is in memory before its size is known, so the request is limited by the sizes of
      // earlier entries.
      const fitting = Math.min(max, Math.floor(maxBytes / entryBytes));
      const entries = await readAfter(connection, busy, Math.max(1, Math.floor(fitting / busy.length)));
      const largest = entries.reduce((most, { size }) => Math.max(most, size), 1);
      entryBytes = Math.max(largest, Math.ceil(entryBytes / 2));
      return upTo(entries, max, maxBytes);
    },
  };
}

/** Returns the cursors of the streams that hold something after them. Waits for a first one. */
async function findBusy(connection: Redis, cursors: readonly StreamCursor[], waitMs: number): Promise<StreamCursor[]> {
  const wait = Math.max(1, Math.ceil(waitMs));
  const reply = await connection.xreadBuffer("COUNT", 1, "BLOCK", wait, "STREAMS", ...placesOf(cursors));
  const busy = new Set(reply?.map(([stream]) => String(stream)));
  return cursors.filter(({ stream }) => busy.has(stream));
}

/** Returns the names of the streams followed by their cursors, the order that XREAD requires. */
function placesOf(cursors: readonly StreamCursor[]): string[] {
  return [...cursors.map(({ stream }) => stream), ...cursors.map(({ cursor }) => cursor)];
}

/**
 * Returns the entries within the limits. The others are read again, since their cursors do not
 * move.
 */
function upTo(entries: readonly RawEntry[], max: number, maxBytes: number): RawEntry[] {
  let bytes = 0;
  const end = entries.findIndex(({ size }) => (bytes += size) >= maxBytes);
  return entries.slice(0, Math.min(max, end < 0 ? entries.length : end + 1));
}

/**
 * Rotates the list, so that each stream comes first in its turn and a busy one cannot starve the
 * others.
 */
function rotate<T>(items: readonly T[], turn: number): T[] {
  const start = turn % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
