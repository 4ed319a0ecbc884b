import type { ObjectReader } from "../object-store.ts";

/**
 * Yields the keys that begin with `prefix` and stand in one store but not in another, in byte
 * order. Lists both stores once, and holds one key of each.
 */
export async function* keysOnlyIn(one: ObjectReader, other: ObjectReader, prefix: string): AsyncGenerator<string> {
  const others = other.list(prefix)[Symbol.asyncIterator]();
  try {
    let next = await others.next();
    for await (const key of one.list(prefix)) {
      while (next.done !== true && next.value < key) next = await others.next();
      if (next.done === true || next.value !== key) yield key;
    }
  } finally {
    await others.return?.();
  }
}
