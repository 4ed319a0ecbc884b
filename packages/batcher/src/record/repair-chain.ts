import {
  batchFolder,
  chainFolder,
  parseBatchData,
  parseHeader,
  parseSlotKey,
  slotKey,
  verifyBatch,
  verifyChain,
} from "@etrap/proof";
import { encodeHeader } from "@etrap/proof/write";
import type { ChainName, Header } from "@etrap/proof";
import { BatcherError } from "../batcher-error.ts";
import { messageOf } from "../error-code.ts";
import type { ObjectStore } from "../ports.ts";
import { createSlots } from "./slots.ts";

/** A slot that was missing, and what stands in it now. */
export interface RepairedSlot {
  readonly key: string;
  readonly header: Header;
}

/** How to repair. */
export interface RepairOptions {
  /** Only tells what would be restored. Default: no. */
  readonly dryRun?: boolean;
}

/**
 * Restores the slots that a chain lost, from the newest one downwards, and gives each once it stands; a caller that stops asking stops the
 * repair. The bytes come from the batch that the next header's `previous` names, and from nowhere else. A slot behind the newest cannot be
 * seen to be missing, as no header names it. Throws SLOT_MISSING for a slot whose batch-data.json is missing too, RECORD_DAMAGED for one that
 * stands and is not what the next header names, or whose batch-data.json is not; what was restored before stays, and nothing is ever
 * overwritten. The store's errors pass through; to repair again is safe.
 */
export async function* repairChain(
  store: ObjectStore,
  chain: ChainName,
  { dryRun = false }: RepairOptions = {},
): AsyncGenerator<RepairedSlot> {
  let next = await createSlots(store, chain).read(await newestSeq(store, chain));
  while (next !== undefined && next.previous !== null) {
    const key = slotKey(chain, next.seq - 1);
    const bytes = await store.get(key);
    const header: Header =
      bytes === undefined
        ? await readLost(store, chain, next, next.previous.batch_id)
        : parseStanding(key, bytes, next);
    if (bytes === undefined) {
      // A crash before or in here leaves the slot missing or whole, and the next repair begins at the same newest slot.
      if (!dryRun) await store.create(key, encodeHeader(header));
      yield { key, header };
    }
    next = header;
  }
}

/** By listing: doubling and halving stops at holes. 0 for a chain without slots. */
async function newestSeq(store: ObjectStore, chain: ChainName): Promise<number> {
  let newest = 0;
  for await (const key of store.list(`${chainFolder(chain)}chain/`)) newest = parseSlotKey(key)?.seq ?? newest;
  return newest;
}

function parseStanding(key: string, bytes: Uint8Array, next: Header): Header {
  try {
    const header = parseHeader(bytes);
    verifyChain([header, next]);
    return header;
  } catch (cause) {
    throw new BatcherError(
      "RECORD_DAMAGED",
      `${key}: not what the slot after it names (${messageOf(cause)}); nothing is overwritten: restore it from a copy of the store, or move it elsewhere and repair again`,
      cause,
    );
  }
}

/** The header that `next` names, from its batch. An orphan with the same number is in another folder, and is not looked at. */
async function readLost(store: ObjectStore, chain: ChainName, next: Header, batchId: string): Promise<Header> {
  const slot = slotKey(chain, next.seq - 1);
  const key = `${batchFolder(chain, batchId)}batch-data.json`;
  const batchData = await store.get(key);
  if (batchData === undefined) {
    throw new BatcherError("SLOT_MISSING", `${slot}: missing, and ${key} too; restore either from a copy of the store`);
  }
  try {
    const { header } = parseBatchData(batchData);
    // Whoever can write to the store can put any header here: the digest in the next one says whether it is the one.
    verifyChain([header, next]);
    return verifyBatch({ slot: encodeHeader(header), batchData }).header;
  } catch (cause) {
    throw new BatcherError(
      "RECORD_DAMAGED",
      `${key}: not what would restore ${slot} (${messageOf(cause)}); restore either from a copy of the store`,
      cause,
    );
  }
}
