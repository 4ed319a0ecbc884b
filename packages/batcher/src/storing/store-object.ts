import { codeOf, messageOf } from "@etrap/ledger";
import type { ObjectStore, StoredObject } from "@etrap/ledger";
import { BatcherError, isTemporary } from "../batcher-error.ts";
import { backOff, STORE_BACK_OFF } from "../wait/back-off.ts";
import type { RetryContext } from "../wait/retry-context.ts";

/**
 * Creates an object, however long the store is away. After an unclear answer it sends the same
 * bytes again, so in the end the object is durable, or this rejects with KEY_CONFLICT because other
 * bytes stand under the key. Rejects with RUN_ENDED once the deadline is over, and with any other
 * error of the store.
 */
export async function storeObject(
  store: ObjectStore,
  { key, bytes }: StoredObject,
  context: RetryContext,
): Promise<void> {
  const { clock, onEvent, deadline } = context;
  const since = clock.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      // A crash here leaves the object whole or absent. Nothing is lost: the same changes are
      // delivered again.
      await store.create(key, bytes);
      if (attempt > 0) onEvent({ type: "store-back", afterMs: clock.now() - since });
      return;
    } catch (error) {
      const code = codeOf(error);
      if (!isTemporary(code)) throw error;
      const retryInMs = backOff(attempt, context.random(), STORE_BACK_OFF);
      const sinceMs = clock.now() - since;
      onEvent({ type: "store-waiting", code, message: messageOf(error), sinceMs, retryInMs });
      await clock.sleep(retryInMs, deadline);
    }
  }
}

/**
 * Creates a slot or batch-data.json, as `storeObject` does. Rejects with LEDGER_DAMAGED where the
 * key is taken but cannot be read: no other writer left that, and retrying would never end.
 */
export async function storeTruth(store: ObjectStore, object: StoredObject, context: RetryContext): Promise<void> {
  try {
    await storeObject(store, object, context);
  } catch (error) {
    if (codeOf(error) !== "KEY_CONFLICT" || (await store.get(object.key)) !== undefined) throw error;
    throw new BatcherError(
      "LEDGER_DAMAGED",
      `${object.key}: the store says that this key is taken, and returns no object for it`,
    );
  }
}
