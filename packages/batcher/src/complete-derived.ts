import type { Header, Row } from "@etrap/proof";
import type { ObjectStore } from "./ports.ts";
import { derivedObjects } from "./seal.ts";
import { codeOf, storeObject } from "./store-object.ts";
import type { Patience } from "./store-object.ts";

/**
 * Creates what is a pure function of a batch. Where other bytes stand already (an older release's, or somebody's), they stay: these documents
 * are not truth, so they are reported and stop nothing.
 */
export async function completeDerived(
  store: ObjectStore,
  header: Header,
  rows: readonly Row[],
  patience: Patience,
): Promise<void> {
  for (const object of derivedObjects(header, rows)) {
    try {
      await storeObject(store, object, patience);
    } catch (error) {
      if (codeOf(error) !== "KEY_CONFLICT") throw error;
      patience.onEvent({ type: "derived-differs", key: object.key });
    }
  }
}
