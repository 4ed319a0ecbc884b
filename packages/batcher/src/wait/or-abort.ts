import { BatcherError } from "../batcher-error.ts";

/**
 * Returns the outcome of a promise, or rejects with RUN_ENDED where `signal` is aborted first. The
 * promise is then ignored.
 */
export async function orAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(runEnded());
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([promise, end]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Returns the error of work that the end of the run interrupted. */
export function runEnded(): BatcherError {
  return new BatcherError(
    "RUN_ENDED",
    "the run ended before this was stored; it is not committed and will be delivered again",
  );
}
