import { batchFolder, batchId } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import type { Chain } from "./chain.ts";
import { codeOf } from "../error-code.ts";
import type { ObjectStore } from "../ports.ts";
import { DERIVED_NAMES, derivedObjects } from "../sealing/seal.ts";
import type { StoredObject } from "../sealing/seal.ts";
import type { Patience } from "./store-object.ts";
import { storeObject } from "./store-object.ts";

/**
 * Creates documents that are pure functions of a batch. Where other bytes stand already (an older release's, or somebody's), they stay: these
 * documents are not truth, so they are reported and stop nothing.
 */
export async function storeDerived(
  store: ObjectStore,
  objects: readonly StoredObject[],
  patience: Patience,
): Promise<void> {
  const storeOne = async (object: StoredObject): Promise<void> => {
    try {
      await storeObject(store, object, patience);
    } catch (error) {
      if (codeOf(error) !== "KEY_CONFLICT") throw error;
      patience.onEvent({ type: "derived-differs", key: object.key });
    }
  };
  await Promise.all(objects.map(storeOne));
}

/**
 * Completes what a crash cut off behind a chain's newest slots. Batches are completed in their order, so the first whole one ends the way
 * back; the newest is held against its batch once more, which finds documents that differ.
 */
export async function completeDerived(store: ObjectStore, chain: Chain, patience: Patience): Promise<void> {
  const { newest } = chain;
  for (let header = newest; header !== undefined; header = await chain.before(header)) {
    const isWhole = await hasDerived(store, header);
    if (isWhole && header !== newest) return;
    const rows = await chain.rowsOf(header);
    await storeDerived(store, derivedObjects(header, rows), patience);
    if (isWhole) return;
  }
}

async function hasDerived(store: ObjectStore, header: Header): Promise<boolean> {
  const folder = batchFolder(header, batchId(header));
  const missing = new Set(DERIVED_NAMES.map((name) => folder + name));
  for await (const key of store.list(folder)) missing.delete(key);
  return missing.size === 0;
}
