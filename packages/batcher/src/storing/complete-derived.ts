import { codeOf, missingDerived } from "@etrap/ledger";
import type { ObjectReader, ObjectStore, StoredObject } from "@etrap/ledger";
import type { Header, Row } from "@etrap/proof";
import { derivedObjects } from "../sealing/seal.ts";
import type { RetryContext } from "../wait/retry-context.ts";
import type { Chain } from "./chain.ts";
import { storeObject } from "./store-object.ts";

/**
 * Creates derived documents, which are pure functions of their batch. Where other bytes stand
 * already, they stay and are reported. Derived documents prove nothing, so a difference stops
 * nothing.
 */
export async function storeDerived(
  store: ObjectStore,
  objects: readonly StoredObject[],
  context: RetryContext,
): Promise<void> {
  const storeOne = async (object: StoredObject): Promise<void> => {
    try {
      await storeObject(store, object, context);
    } catch (error) {
      if (codeOf(error) !== "KEY_CONFLICT") throw error;
      context.onEvent({ type: "derived-differs", key: object.key });
    }
  };
  await Promise.all(objects.map(storeOne));
}

/**
 * The number of batches at the end of a chain that are looked at once per run. A crash leaves no
 * more than the eight that may be in flight. Older versions completed the newest first, and may
 * have left holes further back. `completeDerived` of `@etrap/ledger` finds all of them.
 */
export const LOOK_BACK = 32;

/** The number of batches that the first opening in a run looks at together. */
const CHUNK = 8;

/**
 * Creates the derived documents that a crash left out behind a chain's newest slots, oldest batch
 * first. So a crash here leaves no hole behind a complete batch, and the look back may end at the
 * first complete one. The first opening in a run looks through `LOOK_BACK` batches all the same.
 * Those of the newest batch are always created again, which finds documents that differ.
 */
export async function completeDerived(store: ObjectStore, chain: Chain, context: RetryContext): Promise<void> {
  const { newest } = chain;
  if (newest === undefined) return;
  for (const header of await findIncomplete(store, chain, newest)) {
    const rows = await rowsToComplete(chain, header);
    if (rows !== undefined) await storeDerived(store, derivedObjects(header, rows), context);
  }
  await storeDerived(store, derivedObjects(newest, await chain.rowsOf(newest)), context);
  chain.isDerivedComplete = true;
}

/** Finds the batches before the newest that lack derived documents, oldest first. */
async function findIncomplete(reader: ObjectReader, chain: Chain, newest: Header): Promise<Header[]> {
  const incomplete: Header[] = [];
  const first = Math.max(0, newest.seq + 1 - LOOK_BACK);
  const chunk = chain.isDerivedComplete ? 1 : CHUNK;
  for (let end = newest.seq; end > first; end -= chunk) {
    const seqs = Array.from({ length: Math.min(chunk, end - first) }, (_, index) => end - 1 - index);
    const found = (await Promise.all(seqs.map((seq) => readIncomplete(reader, chain, seq)))).flat();
    incomplete.push(...found);
    if (chain.isDerivedComplete && found.length < seqs.length) break;
  }
  return incomplete.toReversed();
}

/** Returns the header in this slot where its batch lacks derived documents, or else nothing. */
async function readIncomplete(reader: ObjectReader, chain: Chain, seq: number): Promise<Header[]> {
  const header = await unlessDamaged(() => chain.headerAt(seq));
  return header !== undefined && (await missingDerived(reader, header)).length > 0 ? [header] : [];
}

function rowsToComplete(chain: Chain, header: Header): Promise<readonly Row[] | undefined> {
  return unlessDamaged(() => chain.rowsOf(header));
}

/**
 * Returns the outcome of a read, or undefined where the ledger is damaged there. Old damage must
 * not keep new changes from being recorded, only because documents are missing that prove nothing.
 */
async function unlessDamaged<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (codeOf(error) === "LEDGER_DAMAGED") return undefined;
    throw error;
  }
}
