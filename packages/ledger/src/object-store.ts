/** The codes of a store's errors, whatever package they come from. Compare codes, never classes. */
export type StoreErrorCode =
  /** Other bytes stand under the key. */
  | "KEY_CONFLICT"
  /** The store cannot tell whether the object was created. */
  | "OUTCOME_UNKNOWN"
  /** Nothing was written. A later attempt may succeed. */
  | "UNAVAILABLE"
  /** The key is not valid; see `isObjectKey`. */
  | "BAD_KEY"
  /** The object cannot be one that a store created: it is too large, or cannot be unpacked. */
  | "DAMAGED";

/**
 * The size of the largest object that a store returns, in bytes. It is the bound of the largest
 * document in FORMAT.md. Readers reject larger objects with DAMAGED: somebody else put them there,
 * and reading one could take all memory.
 */
export const MAX_OBJECT_BYTES: number = 256 << 20;

/**
 * Reads objects. Every method settles in bounded time and rejects with an error that has a code,
 * such as a `StoreErrorCode`. A method MUST reject with UNAVAILABLE when a later attempt may
 * succeed, since an object that it does not return counts as absent.
 */
export interface ObjectReader {
  /**
   * Returns the object's bytes, or undefined when there is none. MUST reject with DAMAGED, without
   * reading it, where the object is larger than `MAX_OBJECT_BYTES`.
   */
  get(key: string): Promise<Uint8Array | undefined>;

  /** Returns the keys that begin with `prefix` and follow `after`, in byte order. */
  list(prefix: string, after?: string): AsyncIterable<string>;
}

/** Keeps objects, none of which ever changes. Keys are those that `isObjectKey` accepts. */
export interface ObjectStore extends ObjectReader {
  /**
   * Creates an object. Resolves only once `bytes` are durable under `key`. The same bytes again
   * MUST succeed. Other bytes MUST reject with KEY_CONFLICT and change nothing, also when two
   * processes create at once. MUST reject with OUTCOME_UNKNOWN when it cannot tell, and with
   * UNAVAILABLE when nothing was written but a later attempt may succeed.
   */
  create(key: string, bytes: Uint8Array): Promise<void>;
}

/** Removes objects that no slot names. A writer needs no such right. */
export interface ObjectRemover {
  /**
   * Removes an object. Resolves once its absence is durable. MUST succeed where there is none, and
   * MUST reject with UNAVAILABLE when a later attempt may succeed.
   */
  remove(key: string): Promise<void>;
}

/** An object that is to be created, or was. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}

const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.%~-]+$/;

/**
 * Whether a text is one segment of a key: not empty, of `A-Z a-z 0-9 _ - . % ~`, and neither `.`
 * nor `..`.
 */
export function isKeySegment(segment: string): boolean {
  return SEGMENT.test(segment);
}

/** Whether a text is a key: segments joined by `/`. */
export function isObjectKey(key: string): boolean {
  return key.split("/").every(isKeySegment);
}
