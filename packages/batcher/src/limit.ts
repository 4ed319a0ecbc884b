import { cutShort } from "./unless-cut.ts";

/** Does some work once it is its turn. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets so many work at once; the others wait, in the order of coming. Once `cut` is aborted nobody begins: CUT_SHORT. */
export function createLimit(most: number, cut: AbortSignal): Limit {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      if (cut.aborted) throw cutShort();
      return await work();
    } finally {
      // Handed on, so that nobody who comes just now is first.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
