import { BatcherError } from "../batcher-error.ts";

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

/** The error of what was cut short. */
export function cutShort(): BatcherError {
  return new BatcherError("CUT_SHORT", "the time to finish was over; what is not stored comes again");
}
