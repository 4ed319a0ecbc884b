import { chainFolder, createSlots, LedgerError, parseSlotKey, slotKey } from "@etrap/ledger";
import type { ChainName, ObjectReader, Slots } from "@etrap/ledger";
import { ProofError, verifyChain } from "@etrap/proof";
import type { Header, VerifiedBatch } from "@etrap/proof";
import { isDamage, readVerified } from "./read-verified.ts";
import type { Damage } from "./read-verified.ts";

/** Options of `readIntactBatches`. */
export interface ReadingOptions {
  readonly onDamage: (damage: Damage) => void;
  /** Whether to read a batch. Default: all. */
  readonly isWanted?: (header: Header) => Promise<boolean>;
}

/**
 * Reads and verifies the batches of a chain, oldest first. A batch or slot that is damaged or
 * missing goes to `onDamage`, with a message that begins with its key, and the others are still
 * read. Rejects with the errors of the store.
 */
export async function* readIntactBatches(
  reader: ObjectReader,
  chain: ChainName,
  { onDamage, isWanted = async () => true }: ReadingOptions,
): AsyncGenerator<VerifiedBatch> {
  for await (const header of readIntactHeaders(reader, chain, onDamage)) {
    if (!(await isWanted(header))) continue;
    try {
      yield await readVerified(reader, header);
    } catch (error) {
      if (!isDamage(error)) throw error;
      onDamage(error);
    }
  }
}

/** A header is taken back where the next one names another batch: its slot was replaced. */
async function* readIntactHeaders(
  reader: ObjectReader,
  chain: ChainName,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<Header> {
  const slots = createSlots(reader, chain);
  let previous: Header | undefined;
  for (let seq = 0; ; seq += 1) {
    const found = await readSlot(slots, seq);
    if (found.kind === "damaged") onDamage(found.damage);
    const next = found.kind === "header" ? found.header : undefined;
    const replaced = previous && next && replacedBy(previous, next, chain);
    if (replaced !== undefined) onDamage(replaced);
    else if (previous !== undefined) yield previous;
    if (found.kind === "end") return;
    // One stray slot far ahead must not be walked to number by number.
    if (found.kind === "damaged" && found.damage.code === "SLOT_MISSING") {
      const after = await nextSlotAfter(reader, chain, seq);
      if (after === undefined) return;
      seq = after - 1;
    }
    previous = next;
  }
}

/** Returns the number of the first slot that stands after this one, undefined if there is none. */
async function nextSlotAfter(reader: ObjectReader, chain: ChainName, seq: number): Promise<number | undefined> {
  for await (const key of reader.list(`${chainFolder(chain)}chain/`, slotKey(chain, seq))) {
    // Behind the largest number of twelve digits, keys are not in the order of numbers.
    const slot = parseSlotKey(key);
    if (slot !== undefined && slot.seq > seq) return slot.seq;
  }
  return undefined;
}

type Found =
  | { readonly kind: "header"; readonly header: Header }
  | { readonly kind: "damaged"; readonly damage: Damage }
  | { readonly kind: "end" };

/** Reads a slot. An empty one that later slots follow is damage, not the end. */
async function readSlot(slots: Slots, seq: number): Promise<Found> {
  try {
    for (;;) {
      const header = await slots.read(seq);
      if (header !== undefined) return { kind: "header", header };
      if (await slots.isEnd(seq)) return { kind: "end" };
    }
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { kind: "damaged", damage: error };
  }
}

function replacedBy(previous: Header, next: Header, chain: ChainName): Damage | undefined {
  try {
    verifyChain([previous, next]);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const [slot, nextSlot] = [slotKey(chain, previous.seq), slotKey(chain, next.seq)];
    const message = `${nextSlot} names another batch, so one of the two slots was replaced`;
    return new ProofError(error.code, message, { place: slot, cause: error });
  }
}
