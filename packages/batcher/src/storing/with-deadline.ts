import { codeOf, messageOf } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { BatcherError } from "../batcher-error.ts";
import { orAbort, runEnded } from "../wait/or-abort.ts";

/**
 * Returns the store as one run uses it. Once `deadline` is aborted, waiting and later calls reject
 * with RUN_ENDED. An error without a code becomes STORE_FAILED. Otherwise it would be taken for a
 * bug of the batcher, which ends the run.
 */
export function withDeadline(store: ObjectStore, deadline: AbortSignal): ObjectStore {
  const call = async <T>(act: () => Promise<T>): Promise<T> => {
    if (deadline.aborted) throw runEnded();
    try {
      return await orAbort(deadline, act());
    } catch (error) {
      if (codeOf(error) !== undefined) throw error;
      throw new BatcherError(
        "STORE_FAILED",
        `the store failed with an error without a code: ${messageOf(error)}`,
        error,
      );
    }
  };
  return {
    get: (key) => call(() => store.get(key)),
    create: (key, bytes) => call(() => store.create(key, bytes)),
    async *list(prefix, after) {
      const keys = await call(async () => store.list(prefix, after)[Symbol.asyncIterator]());
      try {
        for (;;) {
          const next = await call(() => keys.next());
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        // Not awaited, since a listing that hangs does not end here either.
        keys.return?.().catch(() => undefined);
      }
    },
  };
}
