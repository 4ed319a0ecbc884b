import { createSlots, parseStored, readBatch } from "@etrap/ledger";
import type { ChainName, ObjectReader, Slots } from "@etrap/ledger";
import { comparePositions, epochsCovering, verifyBatch } from "@etrap/proof";
import type { EpochPosition, Header, Row } from "@etrap/proof";
import { isSameArrival } from "../intake/arrival.ts";
import type { Arrival } from "../intake/arrival.ts";

/** One chain: its newest header, and the arrivals that it holds. */
export interface Chain {
  readonly name: ChainName;
  /** The newest header, undefined before the first batch. */
  readonly newest: Header | undefined;
  /** Notes that this writer took the next slot. */
  advance(header: Header): void;
  /** Reads the newest slot again, since another writer may have taken one. */
  reload(): Promise<void>;
  /** Whether the chain covers the arrival's position, so that it may hold it. */
  covers(arrival: Arrival): boolean;
  /** Whether this very arrival is recorded. Reads nothing unless the chain covers its position. */
  holds(arrival: Arrival): Promise<boolean>;
  /** Returns the header in a slot, undefined where it is empty. */
  headerAt(seq: number): Promise<Header | undefined>;
  /** Whether this run has made sure that no older batch lacks derived documents. */
  isDerivedComplete: boolean;
  /** Returns the rows of a batch, verified. */
  rowsOf(header: Header): Promise<readonly Row[]>;
}

/** Runs a task as soon as fewer than the allowed number are running. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

interface CachedBatch {
  readonly header: Header;
  /** Undefined once they were dropped to save memory. */
  readonly rows: ReadonlyMap<string, Row> | undefined;
}

/**
 * Reads a chain's newest slot. Rejects with SLOT_MISSING or LEDGER_DAMAGED where the store does not
 * hold one unforked line of slots. `limit` limits how many batches are read at once.
 */
export async function readChain(reader: ObjectReader, name: ChainName, limit: Limit): Promise<Chain> {
  const slots = createSlots(reader, name);
  let newest = await slots.findNewest();

  const readRows = (header: Header): Promise<readonly Row[]> =>
    limit(async () => {
      const batch = await readBatch(reader, header);
      return parseStored(batch.key, () => verifyBatch(batch)).rows;
    });
  const recorded = createRecordedRows(slots, readRows);

  return {
    name,
    get newest() {
      return newest;
    },
    advance(header) {
      if (header.seq > (newest?.seq ?? -1)) newest = header;
      // New changes arrive now, so redeliveries are over.
      recorded.clear();
    },
    async reload() {
      const found = await slots.findNewest(newest);
      // Other lanes read the control chain while its own lane advances it, so an older answer must
      // not replace a newer header.
      if (found !== undefined && found.seq >= (newest?.seq ?? -1)) newest = found;
    },
    covers: ({ position }) =>
      newest !== undefined && epochsCovering(newest.covered, position.stream, position.id).length > 0,
    async holds(arrival) {
      if (newest === undefined) return false;
      const { stream, id: position } = arrival.position;
      for (const epoch of epochsCovering(newest.covered, stream, position)) {
        const row = await recorded.find({ stream, epoch, position }, newest);
        if (row !== undefined && isSameArrival(arrival, row)) return true;
      }
      return false;
    },
    headerAt: slots.read,
    isDerivedComplete: false,
    rowsOf: readRows,
  };
}

/** Finds recorded rows by position. Keeps the batches that were used last. */
interface RecordedRows {
  /** Returns the row at this position, undefined where the chain has none. */
  find(position: EpochPosition, top: Header): Promise<Row | undefined>;
  clear(): void;
}

/**
 * Creates an empty cache. Redeliveries come in the order of their stream, so most lookups end in
 * the batch that was read last.
 */
function createRecordedRows(slots: Slots, readRows: (header: Header) => Promise<readonly Row[]>): RecordedRows {
  /** By epoch and stream. */
  const cached = new Map<string, CachedBatch>();

  const readBatchRows = async (header: Header): Promise<CachedBatch> => {
    const rows = await readRows(header);
    const batch = { header, rows: new Map(rows.map((row) => [row.record.position, row])) };
    cached.set(placeOf(header), batch);
    return batch;
  };

  const batchCovering = async (position: EpochPosition, top: Header): Promise<CachedBatch | undefined> => {
    const last = cached.get(placeOf(position));
    if (last !== undefined && contains(last.header, position))
      return last.rows === undefined ? readBatchRows(last.header) : last;
    const next = last !== undefined && last.header.seq < top.seq ? await slots.read(last.header.seq + 1) : undefined;
    // Redeliveries continue with the next batch. Anything else is searched for.
    if (next !== undefined && contains(next, position)) return readBatchRows(next);
    const header = await slots.findCovering(position, top);
    return contains(header, position) ? readBatchRows(header) : undefined;
  };

  return {
    async find(position, top) {
      const batch = await batchCovering(position, top);
      // This was the last row of its batch, so its rows are not needed again. Those of many tables
      // would fill the memory.
      if (batch?.header.last_position === position.position)
        cached.set(placeOf(batch.header), { header: batch.header, rows: undefined });
      return batch?.rows?.get(position.position);
    },
    clear: () => cached.clear(),
  };
}

function placeOf({ epoch, stream }: Pick<Header, "epoch" | "stream">): string {
  return `${epoch} ${stream}`;
}

function contains(header: Header, { stream, epoch, position }: EpochPosition): boolean {
  return (
    header.stream === stream &&
    header.epoch === epoch &&
    comparePositions(header.first_position, position) <= 0 &&
    comparePositions(header.last_position, position) >= 0
  );
}
