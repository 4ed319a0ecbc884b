import { BatcherError } from "../batcher-error.ts";
import { codeOf, messageOf } from "../error-code.ts";
import type { ObjectStore } from "../ports.ts";
import { cutShort, unlessCut } from "../waiting/unless-cut.ts";

/**
 * A store as one run uses it. Once `cut` is aborted, no call is waited for and none begins: CUT_SHORT. Every rejection bears a code: what bears
 * none becomes STORE_FAILED, so that it is told from a fault of ours, which ends the run.
 */
export function boundStore(store: ObjectStore, cut: AbortSignal): ObjectStore {
  const call = async <T>(act: () => Promise<T>): Promise<T> => {
    if (cut.aborted) throw cutShort();
    try {
      return await unlessCut(cut, act());
    } catch (error) {
      if (codeOf(error) !== undefined) throw error;
      throw new BatcherError("STORE_FAILED", `the store failed without a code: ${messageOf(error)}`, error);
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
        // A listing that hangs would not end for being told so: nobody waits for it.
        keys.return?.().catch(() => undefined);
      }
    },
  };
}
