import { coversUpTo, parseHeader } from "@etrap/proof";
import type { EpochPosition, Header } from "@etrap/proof";
import { messageOf } from "./error-code.ts";
import { getStored } from "./get-stored.ts";
import { LedgerError } from "./ledger-error.ts";
import { chainFolder, parseSlotKey, slotKey } from "./object-keys.ts";
import type { ChainName } from "./object-keys.ts";
import type { ObjectReader } from "./object-store.ts";

/**
 * The slots of one chain. Every method rejects with LEDGER_DAMAGED for a slot that holds no header
 * of this chain and seq.
 */
export interface Slots {
  /** Reads a slot. Returns undefined where it is empty. */
  read(seq: number): Promise<Header | undefined>;
  /** Reads a slot that later ones follow. Rejects with SLOT_MISSING where it is empty. */
  require(seq: number): Promise<Header>;
  /**
   * Finds the newest header by doubling and halving seq, starting from a header that is known to
   * stand. Rejects with SLOT_MISSING where that header is gone, or where a slot stands behind an
   * empty one.
   */
  findNewest(known?: Header): Promise<Header | undefined>;
  /**
   * Whether the chain ends before this slot, which was found empty. Returns false where the slot
   * was taken since. Rejects with SLOT_MISSING where it is empty and a later one stands.
   */
  isEnd(seq: number): Promise<boolean>;
  /**
   * Finds the first slot, up to `top`, whose `covered` goes as far as this position. If the
   * position was recorded in that epoch, it is in this slot's batch.
   */
  findCovering(position: EpochPosition, top: Header): Promise<Header>;
}

/** Reads the slots of one chain from a store. */
export function createSlots(reader: ObjectReader, chain: ChainName): Slots {
  const read = async (seq: number): Promise<Header | undefined> => {
    const bytes = await getStored(reader, slotKey(chain, seq));
    return bytes && parseSlot(bytes, chain, seq);
  };

  const require = async (seq: number): Promise<Header> => {
    const header = await read(seq);
    if (header !== undefined) return header;
    throw new LedgerError("SLOT_MISSING", `${slotKey(chain, seq)}: missing, although later slots stand`);
  };

  const searchFrom = async (known: Header | undefined): Promise<Header | undefined> => {
    const base = known?.seq ?? 0;
    let newest = known === undefined ? await read(base) : await require(base);
    let end = base + 1;
    for (let next = newest && (await read(end)); next !== undefined; next = await read(end))
      [newest, end] = [next, base + (end - base) * 2];
    while (newest !== undefined && newest.seq + 1 < end) {
      const middle = Math.floor((newest.seq + end) / 2);
      const header = await read(middle);
      if (header === undefined) end = middle;
      else newest = header;
    }
    return newest;
  };

  const isEnd = async (seq: number): Promise<boolean> => {
    if (!(await hasSlotBehind(reader, chain, seq))) return true;
    // Another writer may have taken this slot and a later one since it was found empty. If it is
    // still empty, the chain has a hole.
    await require(seq);
    return false;
  };

  return {
    read,
    require,
    isEnd,
    async findNewest(known) {
      for (let newest = await searchFrom(known); ; newest = await searchFrom(newest))
        if (await isEnd(newest === undefined ? 0 : newest.seq + 1)) return newest;
    },
    async findCovering(position, top) {
      let [low, found] = [0, top];
      while (low < found.seq) {
        const middle = Math.floor((low + found.seq) / 2);
        const header = await require(middle);
        if (coversUpTo(header.covered, position)) found = header;
        else low = middle + 1;
      }
      return found;
    },
  };
}

function parseSlot(bytes: Uint8Array, chain: ChainName, seq: number): Header {
  const key = slotKey(chain, seq);
  const header = parseStored(key, () => parseHeader(bytes));
  const isOurs = header.seq === seq && chainFolder(header) === chainFolder(chain);
  if (!isOurs) throw new LedgerError("LEDGER_DAMAGED", `${key}: expected a header of this chain and seq`);
  return header;
}

/**
 * Whether a slot stands behind `seq`, which is empty. A writer that took a hole for the end of the
 * chain would fill it with another batch, and the chain would be forked.
 */
async function hasSlotBehind(reader: ObjectReader, chain: ChainName, seq: number): Promise<boolean> {
  for await (const key of reader.list(`${chainFolder(chain)}chain/`, slotKey(chain, seq)))
    if (parseSlotKey(key) !== undefined) return true;
  return false;
}

/**
 * Parses stored bytes. Throws LEDGER_DAMAGED, which names the key, where the parser refuses them.
 */
export function parseStored<T>(key: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new LedgerError("LEDGER_DAMAGED", `${key}: ${messageOf(cause)}`, cause);
  }
}
