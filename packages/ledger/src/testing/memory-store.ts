import { equalBytes } from "../equal-bytes.ts";
import { isObjectKey, MAX_OBJECT_BYTES } from "../object-store.ts";
import type { ObjectRemover, ObjectStore, StoreErrorCode } from "../object-store.ts";

/** An object store in memory. Like every store, it never lets an object change. */
export interface MemoryStore extends ObjectStore, ObjectRemover {
  /** Returns all keys, in byte order. */
  keys(): string[];
  /** Removes an object, as a fault outside the process would. */
  lose(key: string): void;
}

/** An error of the memory store. */
export class MemoryStoreError extends Error {
  override readonly name = "MemoryStoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Creates an empty store. Its errors have the code KEY_CONFLICT, BAD_KEY or DAMAGED. */
export function createMemoryStore(): MemoryStore {
  const objects = new Map<string, Uint8Array>();
  const sortedKeys = (): string[] => [...objects.keys()].toSorted();

  return {
    async get(key) {
      checkKey(key);
      const held = objects.get(key);
      if (held !== undefined && held.length > MAX_OBJECT_BYTES)
        throw new MemoryStoreError("DAMAGED", `${key}: expected at most ${MAX_OBJECT_BYTES} bytes, got ${held.length}`);
      return held?.slice();
    },
    async create(key, bytes) {
      checkKey(key);
      const held = objects.get(key);
      if (held === undefined) objects.set(key, bytes.slice());
      else if (!equalBytes(held, bytes)) throw new MemoryStoreError("KEY_CONFLICT", `${key}: holds other bytes`);
    },
    async *list(prefix, after = "") {
      for (const key of sortedKeys()) if (key.startsWith(prefix) && key > after) yield key;
    },
    keys: sortedKeys,
    lose: (key) => void objects.delete(key),
    async remove(key) {
      checkKey(key);
      objects.delete(key);
    },
  };
}

function checkKey(key: string): void {
  if (!isObjectKey(key)) {
    throw new MemoryStoreError("BAD_KEY", "expected segments of A-Z a-z 0-9 _ - . % ~ joined by /");
  }
}
