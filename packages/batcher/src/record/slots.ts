import { chainFolder, parseHeader, parseSlotKey, slotKey } from "@etrap/proof";
import { reaches } from "@etrap/proof/write";
import type { ChainName, Header } from "@etrap/proof";
import type { Point } from "@etrap/proof/write";
import { BatcherError } from "../batcher-error.ts";
import { messageOf } from "../error-code.ts";
import type { ObjectStore } from "../ports.ts";

/** A chain's slots, as the store holds them. */
export interface Slots {
  read(seq: number): Promise<Header | undefined>;
  /** A header that later ones stand on. Rejects with SLOT_MISSING. */
  mustRead(seq: number): Promise<Header>;
  /**
   * The newest header, by doubling and halving seq, beginning with one that is known to stand. Rejects with SLOT_MISSING where that one is gone, or
   * a slot stands behind an empty one.
   */
  findNewest(known?: Header): Promise<Header | undefined>;
  /** Whether the chain ends before this slot, which was found empty; false where it was taken since. Rejects with SLOT_MISSING for a hole. */
  endsBefore(seq: number): Promise<boolean>;
  /**
   * The first slot up to `top` by which the chain holds a stream as far as this point: if the position is recorded in that epoch, it is in this
   * slot's batch.
   */
  findReaching(point: Point, top: Header): Promise<Header>;
}

/** The slots of one chain. All methods reject with RECORD_DAMAGED for a slot that is no header of this chain and seq. */
export function createSlots(store: ObjectStore, name: ChainName): Slots {
  const read = async (seq: number): Promise<Header | undefined> => {
    const key = slotKey(name, seq);
    const bytes = await store.get(key);
    return bytes && parseSlot(key, bytes, name, seq);
  };

  const mustRead = async (seq: number): Promise<Header> => {
    const header = await read(seq);
    if (header === undefined) {
      throw new BatcherError(
        "SLOT_MISSING",
        `${slotKey(name, seq)}: missing, though later slots stand; repairChain restores it`,
      );
    }
    return header;
  };

  const searchFrom = async (known: Header | undefined): Promise<Header | undefined> => {
    const base = known?.seq ?? 0;
    let newest = known === undefined ? await read(base) : await mustRead(base);
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

  const endsBefore = async (seq: number): Promise<boolean> => {
    if (!(await hasSlotBehind(store, name, seq))) return true;
    // Another writer may have taken this slot, and that behind it, since it was found empty. If it is empty still, it is a hole.
    await mustRead(seq);
    return false;
  };

  return {
    read,
    mustRead,
    endsBefore,
    async findNewest(known) {
      for (let newest = await searchFrom(known); ; newest = await searchFrom(newest))
        if (await endsBefore(newest === undefined ? 0 : newest.seq + 1)) return newest;
    },
    async findReaching(point, top) {
      let [low, found] = [0, top];
      while (low < found.seq) {
        const middle = Math.floor((low + found.seq) / 2);
        const header = await mustRead(middle);
        if (reaches(header.covered, point)) found = header;
        else low = middle + 1;
      }
      return found;
    },
  };
}

function parseSlot(key: string, bytes: Uint8Array, name: ChainName, seq: number): Header {
  const header = readable(key, () => parseHeader(bytes));
  const isOurs = header.seq === seq && chainFolder(header) === chainFolder(name);
  if (!isOurs) throw new BatcherError("RECORD_DAMAGED", `${key}: expected a header of this chain and seq`);
  return header;
}

/** Whether a slot stands behind `seq`, which is empty: a hole taken for the end of the chain would be filled with another batch, and the chain forked. */
async function hasSlotBehind(store: ObjectStore, name: ChainName, seq: number): Promise<boolean> {
  for await (const key of store.list(`${chainFolder(name)}chain/`, slotKey(name, seq)))
    if (parseSlotKey(key) !== undefined) return true;
  return false;
}

/** Runs a parser over stored bytes; a refusal means that the store was damaged. */
export function readable<T>(key: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new BatcherError("RECORD_DAMAGED", `${key}: ${messageOf(cause)}`, cause);
  }
}
