import fc from "fast-check";
import { expect, test } from "vitest";
import { createMemoryStore } from "../testing/memory-store.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import { keysOnlyIn } from "./keys-only-in.ts";

async function storeOf(keys: readonly string[]): Promise<MemoryStore> {
  const store = createMemoryStore();
  for (const key of keys) await store.create(key, new Uint8Array());
  return store;
}

test("yields what a set would, in byte order", async () => {
  const keys = fc.uniqueArray(fc.stringMatching(/^[ab](\/[abAB~.-]{1,2}c)?$/), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(keys, keys, fc.constantFrom("", "a", "a/"), async (one, other, prefix) => {
      const only: string[] = [];
      for await (const key of keysOnlyIn(await storeOf(one), await storeOf(other), prefix)) only.push(key);
      const expected = one.filter((key) => key.startsWith(prefix) && !other.includes(key));
      expect(only).toEqual(expected.toSorted((a, b) => (a < b ? -1 : 1)));
    }),
  );
});
