import { encodeHeader, parseBatchData, parseHeader, verifyBatch, verifyChain } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { messageOf } from "./error-code.ts";
import { getStored } from "./get-stored.ts";
import { LedgerError } from "./ledger-error.ts";
import { batchDataKey, chainFolder, parseSlotKey, slotKey } from "./object-keys.ts";
import type { ChainName } from "./object-keys.ts";
import type { ObjectReader, ObjectStore } from "./object-store.ts";
import { createSlots } from "./slots.ts";

/** A slot that was missing, and the header that stands in it now. */
export interface RepairedSlot {
  readonly key: string;
  readonly header: Header;
}

/** Options of `repairChain`. */
export interface RepairOptions {
  /** Yields the slots that would be restored, and creates nothing. Default: false. */
  readonly dryRun?: boolean;
}

/**
 * Restores the missing slots of a chain, from the newest one down, and yields each once it stands.
 * A caller that stops iterating stops the repair. A slot is restored only from the batch that the
 * next header's `previous` names. Missing slots behind the newest one cannot be seen, since no
 * header names them.
 *
 * Rejects with SLOT_MISSING where the batch-data.json of a missing slot is missing too, with
 * LEDGER_DAMAGED where a slot or that batch-data.json is not the one that the next header names,
 * and with the store's errors. Nothing is ever overwritten, slots that were restored before stay,
 * and repairing again is safe.
 */
export async function* repairChain(
  store: ObjectStore,
  chain: ChainName,
  { dryRun = false }: RepairOptions = {},
): AsyncGenerator<RepairedSlot> {
  let next = await createSlots(store, chain).read(await newestSeq(store, chain));
  while (next !== undefined && next.previous !== null) {
    const key = slotKey(chain, next.seq - 1);
    const bytes = await getStored(store, key);
    const header: Header = bytes === undefined ? await readLost(store, chain, next) : parseStanding(key, bytes, next);
    if (bytes === undefined) {
      // A crash here leaves the slot missing or whole, and the next repair starts from the same
      // newest slot.
      if (!dryRun) await store.create(key, encodeHeader(header));
      yield { key, header };
    }
    next = header;
  }
}

/**
 * Finds the newest slot by listing, since doubling and halving stops at holes. Returns 0 for a
 * chain without slots.
 */
async function newestSeq(reader: ObjectReader, chain: ChainName): Promise<number> {
  let newest = 0;
  for await (const key of reader.list(`${chainFolder(chain)}chain/`)) newest = parseSlotKey(key)?.seq ?? newest;
  return newest;
}

function parseStanding(key: string, bytes: Uint8Array, next: Header): Header {
  try {
    const header = parseHeader(bytes);
    verifyChain([header, next]);
    return header;
  } catch (cause) {
    throw new LedgerError(
      "LEDGER_DAMAGED",
      `${key}: not the header that the next slot names (${messageOf(cause)}). Nothing was overwritten. Restore the slot from a copy of the store, or move it away and repair again`,
      cause,
    );
  }
}

/**
 * Reads the header that `next` names from its batch. An orphan of the same seq is in another folder
 * and is never read.
 */
async function readLost(reader: ObjectReader, chain: ChainName, next: Header): Promise<Header> {
  const slot = slotKey(chain, next.seq - 1);
  const key = batchDataKey(chain, next.previous?.batch_id ?? "");
  const batchData = await getStored(reader, key);
  if (batchData === undefined) {
    throw new LedgerError(
      "SLOT_MISSING",
      `${slot}: missing, and so is ${key}. Restore one of them from a copy of the store`,
    );
  }
  try {
    const { header } = parseBatchData(batchData);
    // An attacker who can write to the store can put any header here. Only the digest in the next
    // header proves it.
    verifyChain([header, next]);
    return verifyBatch({ slot: encodeHeader(header), batchData }).header;
  } catch (cause) {
    throw new LedgerError(
      "LEDGER_DAMAGED",
      `${key}: cannot restore ${slot} (${messageOf(cause)}). Restore one of them from a copy of the store`,
      cause,
    );
  }
}
