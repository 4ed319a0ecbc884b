import { comparePositions, verifyBatch } from "@etrap/proof";
import { epochsCovering } from "@etrap/proof/write";
import type { ChainName, Header, Row } from "@etrap/proof";
import type { Point } from "@etrap/proof/write";
import type { Arrival } from "../reading/arrival.ts";
import { isSameArrival } from "../reading/arrival.ts";
import type { ObjectStore } from "../ports.ts";
import { readBatch } from "./read-batch.ts";
import { createSlots, readable } from "./slots.ts";

/** One chain: its newest header, and what it holds. */
export interface Chain {
  readonly name: ChainName;
  /** The newest header, undefined before the first batch. */
  readonly newest: Header | undefined;
  /** Notes that this writer took the next slot. */
  advance(header: Header): void;
  /** Reads the newest slot again: another writer may have taken one. */
  reload(): Promise<void>;
  /** Whether the chain covers the arrival's position, so that it may hold it. */
  covers(arrival: Arrival): boolean;
  /** Whether the record holds this very arrival. No I/O unless the chain covers its position. */
  holds(arrival: Arrival): Promise<boolean>;
  /** The header before this one; undefined for the first. */
  before(header: Header): Promise<Header | undefined>;
  /** The rows of a batch, checked against its header. */
  rowsOf(header: Header): Promise<readonly Row[]>;
}

/** Reads once it is its turn. */
export type Limit = <T>(read: () => Promise<T>) => Promise<T>;

interface CachedBatch {
  readonly header: Header;
  /** Undefined once they are let go of. */
  readonly rows: ReadonlyMap<string, Row> | undefined;
}

/**
 * Opens a chain. Rejects with SLOT_MISSING or RECORD_DAMAGED when the store does not hold one unforked line of slots. `limit` is that of
 * reading batches.
 */
export async function openChain(store: ObjectStore, name: ChainName, limit: Limit): Promise<Chain> {
  const slots = createSlots(store, name);
  let newest = await slots.findNewest();
  /** Only a cache: the batches that were asked last, by epoch and stream. Redeliveries come in each stream's order, so most lookups end here. */
  const open = new Map<string, CachedBatch>();

  const readRows = (header: Header): Promise<readonly Row[]> =>
    limit(async () => {
      const batch = await readBatch(store, header);
      return readable(batch.key, () => verifyBatch(batch)).rows;
    });

  const readBatchRows = async (header: Header): Promise<CachedBatch> => {
    const rows = await readRows(header);
    const opened = { header, rows: new Map(rows.map((row) => [row.record.position, row])) };
    open.set(placeOf(header), opened);
    return opened;
  };

  const batchReaching = async (point: Point, top: Header): Promise<CachedBatch | undefined> => {
    const opened = open.get(placeOf(point));
    if (opened !== undefined && contains(opened.header, point))
      return opened.rows === undefined ? readBatchRows(opened.header) : opened;
    const next =
      opened !== undefined && opened.header.seq < top.seq ? await slots.read(opened.header.seq + 1) : undefined;
    // Redeliveries go on with the next batch; anything else is searched for.
    if (next !== undefined && contains(next, point)) return readBatchRows(next);
    const header = await slots.findReaching(point, top);
    return contains(header, point) ? readBatchRows(header) : undefined;
  };

  return {
    name,
    get newest() {
      return newest;
    },
    advance(header) {
      if (header.seq > (newest?.seq ?? -1)) newest = header;
      // New changes come now, so redeliveries are over.
      open.clear();
    },
    async reload() {
      const found = await slots.findNewest(newest);
      // The control chain is read for other chains too, while its own lane goes on: it must not be set back to what was found before.
      if (found !== undefined && found.seq >= (newest?.seq ?? -1)) newest = found;
    },
    covers: ({ position }) =>
      newest !== undefined && epochsCovering(newest.covered, position.stream, position.id).length > 0,
    async holds(arrival) {
      if (newest === undefined) return false;
      const { stream, id: position } = arrival.position;
      for (const epoch of epochsCovering(newest.covered, stream, position)) {
        const batch = await batchReaching({ stream, epoch, position }, newest);
        const row = batch?.rows?.get(position);
        // The last of its batch: none of that comes after it, and the rows would be much to hold for each of many tables.
        if (batch?.header.last_position === position)
          open.set(placeOf(batch.header), { header: batch.header, rows: undefined });
        if (row !== undefined && isSameArrival(arrival, row)) return true;
      }
      return false;
    },
    before: async ({ seq }) => (seq === 0 ? undefined : slots.mustRead(seq - 1)),
    rowsOf: readRows,
  };
}

function placeOf({ epoch, stream }: Pick<Header, "epoch" | "stream">): string {
  return `${epoch} ${stream}`;
}

function contains(header: Header, { stream, epoch, position }: Point): boolean {
  return (
    header.stream === stream &&
    header.epoch === epoch &&
    comparePositions(header.first_position, position) <= 0 &&
    comparePositions(header.last_position, position) >= 0
  );
}
