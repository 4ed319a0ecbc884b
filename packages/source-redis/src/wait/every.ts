/**
 * Creates a function that returns true at the first call, and then at most once in `ms`
 * milliseconds.
 */
export function every(ms: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last < ms) return false;
    last = performance.now();
    return true;
  };
}
