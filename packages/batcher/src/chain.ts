import { batchFolder, batchId, comparePositions, verifyBatch } from "@etrap/proof";
import { encodeHeader, epochsCovering } from "@etrap/proof/write";
import type { ChainName, Header, Row } from "@etrap/proof";
import type { Arrival } from "./arrival.ts";
import { isSameArrival } from "./arrival.ts";
import { BatcherError } from "./batcher-error.ts";
import type { ObjectStore } from "./ports.ts";
import { createSlots, readable } from "./slots.ts";

/** One chain: its newest header, and what it holds. */
export interface Chain {
  readonly name: ChainName;
  /** The newest header, undefined before the first batch. */
  readonly newest: Header | undefined;
  /** Notes that this writer took the next slot. */
  advance(header: Header): void;
  /** Whether another writer took a slot of this chain: what was taken in before may be in the record by now. */
  readonly hasRival: boolean;
  /** Reads the newest slot again, after another writer took one. */
  reload(): Promise<void>;
  /** Whether the record holds this very arrival. No I/O unless the chain covers its position. */
  holds(arrival: Arrival): Promise<boolean>;
  /** The rows of the newest batch; none before the first. */
  newestRows(): Promise<readonly Row[]>;
}

interface OpenBatch {
  readonly header: Header;
  readonly rows: ReadonlyMap<string, Row>;
}

/** Opens a chain. Rejects with SLOT_MISSING or RECORD_DAMAGED when the store does not hold one unforked line of slots. */
export async function openChain(store: ObjectStore, name: ChainName): Promise<Chain> {
  const slots = createSlots(store, name);
  let newest = await slots.findNewest();
  let hasRival = false;
  /** The batch that was asked last. Redeliveries come in order, so most lookups end here. */
  let open: OpenBatch | undefined;

  const readRows = async (header: Header): Promise<readonly Row[]> => {
    const key = `${batchFolder(name, batchId(header))}batch-data.json`;
    const batchData = await store.get(key);
    if (batchData === undefined) throw new BatcherError("RECORD_DAMAGED", `${key}: missing, though a slot names it`);
    return readable(key, () => verifyBatch({ slot: encodeHeader(header), batchData })).rows;
  };

  const openBatch = async (header: Header): Promise<OpenBatch> => {
    if (open !== undefined && batchId(open.header) === batchId(header)) return open;
    const rows = await readRows(header);
    open = { header, rows: new Map(rows.map((row) => [row.record.position, row])) };
    return open;
  };

  const batchReaching = async (
    stream: string,
    epoch: number,
    position: string,
    top: Header,
  ): Promise<OpenBatch | undefined> => {
    if (open !== undefined && contains(open.header, stream, epoch, position)) return open;
    const header = await slots.findReaching(stream, epoch, position, top);
    return contains(header, stream, epoch, position) ? openBatch(header) : undefined;
  };

  return {
    name,
    get newest() {
      return newest;
    },
    advance(header) {
      newest = header;
      // New changes come now, so redeliveries are over: a batch for each of many tables would be much to hold.
      open = undefined;
    },
    get hasRival() {
      return hasRival;
    },
    async reload() {
      hasRival = true;
      newest = await slots.findNewest();
    },
    async holds(arrival) {
      if (newest === undefined) return false;
      const { stream, id } = arrival.position;
      for (const epoch of epochsCovering(newest.covered, stream, id)) {
        const batch = await batchReaching(stream, epoch, id, newest);
        const row = batch?.rows.get(id);
        if (row !== undefined && isSameArrival(arrival, row)) return true;
      }
      return false;
    },
    async newestRows() {
      return newest === undefined ? [] : readRows(newest);
    },
  };
}

function contains(header: Header, stream: string, epoch: number, position: string): boolean {
  return (
    header.stream === stream &&
    header.epoch === epoch &&
    comparePositions(header.first_position, position) <= 0 &&
    comparePositions(header.last_position, position) >= 0
  );
}
