import type { Redis } from "ioredis";
import type { StreamCursor } from "./stream-cursor.ts";

/** One entry as Redis holds it. */
interface RawEntry {
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
  /** The next entries of these streams, each stream's in order: at most `max`, and none after the one that reaches `maxBytes`. */
  read(cursors: readonly StreamCursor[], limits: ReadLimits): Promise<RawEntry[]>;
}

/** What an entry is taken for before any was seen. */
const FIRST_GUESS_BYTES = 16_384;

/** Creates a reader on a connection of its own: its reads wait. */
export function createReader(connection: Redis): Reader {
  let entryBytes = FIRST_GUESS_BYTES;
  let busyStreams = 1;
  let turn = 0;

  return {
    async read(cursors, { max, maxBytes, waitMs, signal }) {
      if (cursors.length === 0 || signal.aborted) return [];
      // A reply is in memory before it can be measured, so what is asked for follows the sizes seen.
      const fitting = Math.min(max, Math.floor(maxBytes / entryBytes));
      const count = Math.max(1, Math.floor(fitting / busyStreams));
      const ordered = rotate(cursors, (turn += 1));
      const names = ordered.map(({ stream }) => stream);
      const positions = ordered.map(({ cursor }) => cursor);
      const reply = await connection.xreadBuffer(
        "COUNT",
        count,
        "BLOCK",
        Math.max(1, Math.ceil(waitMs)),
        "STREAMS",
        ...names,
        ...positions,
      );
      if (reply === null) return [];

      busyStreams = reply.length;
      const entries = reply.flatMap(([stream, items]) =>
        items.map(([id, fields]) => rawEntry(String(stream), String(id), fields)),
      );
      const largest = entries.reduce((most, { size }) => Math.max(most, size), 1);
      entryBytes = Math.max(largest, Math.ceil(entryBytes / 2));
      return upTo(entries, max, maxBytes);
    },
  };
}

function rawEntry(stream: string, id: string, fields: readonly Buffer[]): RawEntry {
  return { stream, id, fields, size: fields.reduce((sum, { length }) => sum + length, 0) };
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
