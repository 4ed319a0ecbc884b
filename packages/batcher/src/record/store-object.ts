import { BatcherError } from "../batcher-error.ts";
import { backOff } from "../waiting/back-off.ts";
import type { Rests } from "../waiting/back-off.ts";
import { codeOf, isAway } from "../error-code.ts";
import type { OnEvent } from "../events.ts";
import type { Clock, ObjectStore } from "../ports.ts";
import type { StoredObject } from "../sealing/seal.ts";

/** How long a store that is away is left alone. */
export const STORE_RESTS: Rests = { firstMs: 100, longestMs: 30_000, spread: 1 / 2 };

/** What waiting for a store needs. */
export interface Patience {
  readonly clock: Clock;
  /** A number from 0 up to 1, to spread retries. */
  readonly random: () => number;
  readonly onEvent: OnEvent;
  /** Once aborted, nothing is waited for any more: what was not stored is not committed, and comes back. */
  readonly cut: AbortSignal;
}

/**
 * Creates an object, however long the store is away. After an unclear answer the same bytes go again, so there is an answer in the end:
 * it is durable, or rejects with KEY_CONFLICT because other bytes hold the key. Any other code is passed on; CUT_SHORT once `cut` is aborted.
 */
export async function storeObject(store: ObjectStore, { key, bytes }: StoredObject, patience: Patience): Promise<void> {
  const { clock, onEvent, cut } = patience;
  const since = clock.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      // A crash in here leaves the object whole or absent; either way nothing is lost and the same changes come again.
      await store.create(key, bytes);
      if (attempt > 0) onEvent({ type: "store-back", afterMs: clock.now() - since });
      return;
    } catch (error) {
      const code = codeOf(error);
      if (!isAway(code)) throw error;
      const retryInMs = backOff(attempt, patience.random(), STORE_RESTS);
      onEvent({ type: "store-waiting", code, sinceMs: clock.now() - since, retryInMs });
      await clock.sleep(retryInMs, cut);
    }
  }
}

/**
 * As `storeObject`, for what is truth: rejects with RECORD_DAMAGED where the key is held by nothing that can be read. That is no other writer's,
 * and tried again, it would be lost for ever.
 */
export async function storeTruth(store: ObjectStore, object: StoredObject, patience: Patience): Promise<void> {
  try {
    await storeObject(store, object, patience);
  } catch (error) {
    if (codeOf(error) !== "KEY_CONFLICT" || (await store.get(object.key)) !== undefined) throw error;
    throw new BatcherError("RECORD_DAMAGED", `${object.key}: the store holds something here, and gives nothing for it`);
  }
}
