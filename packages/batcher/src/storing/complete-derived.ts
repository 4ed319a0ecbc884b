import { batchFolder, codeOf } from "@etrap/ledger";
import type { ObjectReader, ObjectStore, StoredObject } from "@etrap/ledger";
import { batchId } from "@etrap/proof";
import { DERIVED_NAMES } from "@etrap/proof/write";
import type { Header } from "@etrap/proof";
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
 * Creates the derived documents that a crash left out behind a chain's newest slots. Batches are
 * completed in their order, so the walk back ends at the first complete one. Those of the newest
 * batch are always created again, which finds documents that differ.
 */
export async function completeDerived(store: ObjectStore, chain: Chain, context: RetryContext): Promise<void> {
  const { newest } = chain;
  for (let header = newest; header !== undefined; header = await chain.before(header)) {
    const isComplete = await hasDerived(store, header);
    if (isComplete && header !== newest) return;
    const rows = await chain.rowsOf(header);
    await storeDerived(store, derivedObjects(header, rows), context);
    if (isComplete) return;
  }
}

async function hasDerived(reader: ObjectReader, header: Header): Promise<boolean> {
  const folder = batchFolder(header, batchId(header));
  const missing = new Set(DERIVED_NAMES.map((name) => folder + name));
  for await (const key of reader.list(folder)) missing.delete(key);
  return missing.size === 0;
}
