import { BatcherError } from "./batcher-error.ts";
import type { OnEvent } from "./events.ts";
import type { Clock, ObjectStore } from "./ports.ts";
import type { StoredObject } from "./seal.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;

/** What waiting for a store needs. */
export interface Patience {
  readonly clock: Clock;
  /** A number from 0 up to 1. Writers that lost one store at one time do not all come back at one time. */
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
      await unlessCut(cut, store.create(key, bytes));
      if (attempt > 0) onEvent({ type: "store-back", afterMs: clock.now() - since });
      return;
    } catch (error) {
      const code = codeOf(error);
      if (!isAway(code)) throw error;
      if (cut.aborted) throw cutShort();
      const retryInMs = backOff(attempt, patience);
      onEvent({ type: "store-waiting", code, sinceMs: clock.now() - since, retryInMs });
      await clock.sleep(retryInMs, cut);
    }
  }
}

/** Whether an error's code says that a later try may succeed. */
export function isAway(code: string | undefined): code is "OUTCOME_UNKNOWN" | "UNAVAILABLE" {
  return code === "OUTCOME_UNKNOWN" || code === "UNAVAILABLE";
}

/** How long to wait after so many failures: twice as long each time up to half a minute, less up to a half of it by chance. */
export function backOff(failures: number, { random }: Pick<Patience, "random">): number {
  return Math.round(Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures, 20), LONGEST_RETRY_MS) * (1 - random() / 2));
}

/** The promise's outcome, unless `cut` is aborted before there is one: then CUT_SHORT, whatever comes of it. */
export async function unlessCut<T>(cut: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(cutShort());
  if (cut.aborted) stop();
  cut.addEventListener("abort", stop);
  try {
    return await Promise.race([promise, end]);
  } finally {
    cut.removeEventListener("abort", stop);
  }
}

/** The `code` of an error of whatever package. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

function cutShort(): BatcherError {
  return new BatcherError("CUT_SHORT", "the time to finish was over; what is not stored comes again");
}
