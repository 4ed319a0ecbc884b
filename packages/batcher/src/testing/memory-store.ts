import type { ObjectStore, StoreErrorCode } from "../ports.ts";

/** An object store in memory. It refuses to let an object change, like every store. */
export interface MemoryStore extends ObjectStore {
  /** The keys it holds, in byte order. */
  keys(): string[];
  /** Forgets an object, as a fault of the world outside would. */
  lose(key: string): void;
}

/** An error of this store: it bears a code of the port. */
export class MemoryStoreError extends Error {
  override readonly name = "MemoryStoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.%~-]+$/;

/** Creates an empty store. Errors bear KEY_CONFLICT or BAD_KEY. */
export function createMemoryStore(): MemoryStore {
  const objects = new Map<string, Uint8Array>();
  const sortedKeys = (): string[] => [...objects.keys()].toSorted();

  return {
    async get(key) {
      checkKey(key);
      return objects.get(key)?.slice();
    },
    async create(key, bytes) {
      checkKey(key);
      const held = objects.get(key);
      if (held === undefined) objects.set(key, bytes.slice());
      else if (Buffer.compare(held, bytes) !== 0)
        throw new MemoryStoreError("KEY_CONFLICT", `${key}: other bytes hold this key`);
    },
    async *list(prefix, after = "") {
      for (const key of sortedKeys()) if (key.startsWith(prefix) && key > after) yield key;
    },
    keys: sortedKeys,
    lose: (key) => void objects.delete(key),
  };
}

function checkKey(key: string): void {
  if (!key.split("/").every((segment) => SEGMENT.test(segment))) {
    throw new MemoryStoreError("BAD_KEY", "expected segments of A-Z a-z 0-9 _ - . % ~ joined by /");
  }
}
