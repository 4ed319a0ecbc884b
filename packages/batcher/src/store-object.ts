import type { OnEvent } from "./events.ts";
import type { Clock, ObjectStore } from "./ports.ts";
import type { StoredObject } from "./seal.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;

/** What waiting for a store needs. */
export interface Patience {
  readonly clock: Clock;
  readonly onEvent: OnEvent;
  /** Once aborted, a failure is final: what was not stored is not committed, and comes back. */
  readonly signal: AbortSignal;
}

/**
 * Creates an object, however long the store is away. After an unclear answer the same bytes go again, so there is an answer in the end:
 * it is durable, or rejects with KEY_CONFLICT because other bytes hold the key. Any other code is passed on.
 */
export async function storeObject(store: ObjectStore, { key, bytes }: StoredObject, patience: Patience): Promise<void> {
  const { clock, onEvent, signal } = patience;
  const since = clock.now();
  for (let retryInMs = FIRST_RETRY_MS; ; retryInMs = Math.min(retryInMs * 2, LONGEST_RETRY_MS)) {
    try {
      // A crash in here leaves the object whole or absent; either way nothing is lost and the same changes come again.
      return await store.create(key, bytes);
    } catch (error) {
      const code = codeOf(error);
      if (signal.aborted || (code !== "OUTCOME_UNKNOWN" && code !== "UNAVAILABLE")) throw error;
      onEvent({ type: "store-waiting", code, sinceMs: clock.now() - since, retryInMs });
      await clock.sleep(retryInMs, signal);
    }
  }
}

/** The `code` of an error of whatever package. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
