import { headerDigest } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { LedgerError } from "../ledger-error.ts";
import { chainFolder, parseSlotKey, slotKey } from "../object-keys.ts";
import type { ChainName } from "../object-keys.ts";
import type { ObjectReader } from "../object-store.ts";
import { createSlots } from "../slots.ts";
import type { CopyContext } from "./copy-event.ts";

/**
 * Finds the batch from which a copy goes on: the newest one of the target before which no slot is
 * missing. Undefined where the target lacks the first slot. Lists the target's slots and reads one.
 * Rejects with LEDGER_DAMAGED where the source has another batch there, and with the errors of the
 * stores.
 */
export async function findStart(
  { from, to }: Pick<CopyContext, "from" | "to">,
  chain: ChainName,
): Promise<Header | undefined> {
  const standing = await countWithoutHole(to, chain);
  if (standing === 0) return undefined;
  const start = await createSlots(to, chain).require(standing - 1);
  const key = slotKey(chain, start.seq);
  const same = await createSlots(from, chain).read(start.seq);
  // Each header names the one before, so all batches up to here are the same too.
  if (same !== undefined && headerDigest(same) === headerDigest(start)) return start;
  const why = same === undefined ? "the source has no such slot" : "the source holds another batch there";
  throw new LedgerError("LEDGER_DAMAGED", `${key}: the target holds another ledger: ${why}`);
}

/**
 * Counts the slots up to the first that is missing. A search for the newest slot could miss a hole,
 * and the copy would then count batches as present that nobody holds.
 */
async function countWithoutHole(reader: ObjectReader, chain: ChainName): Promise<number> {
  let count = 0;
  for await (const key of reader.list(`${chainFolder(chain)}chain/`)) {
    const slot = parseSlotKey(key);
    if (slot === undefined) continue;
    if (slot.seq !== count) break;
    count += 1;
  }
  return count;
}
