import type { ChainName, Header, Image, Omissions, Operation, Receipt } from "@etrap/proof";

/** One row change, decoded. `null` where the carrier does not say. */
export interface Change {
  readonly kind: "change";
  /** SHOULD be what `capture.source_name` says: the chains that are looked up for anchoring at start are that database's. */
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly operation: Exclude<Operation, "POISON" | "GAP">;
  /** When the transaction committed, in milliseconds since 1970 UTC. */
  readonly timestamp: number | null;
  /** When the connector saw the change, by its own clock, in nanoseconds since 1970 UTC, as decimal digits. */
  readonly capturedAt: string | null;
  /** Place in PostgreSQL's log, as decimal digits. Not unique. */
  readonly lsn: string | null;
  readonly txId: string | null;
  /** Number of the change inside its transaction, from 1; starts again when the connector restarts inside one. */
  readonly txOrder: number | null;
  /** The connector's run: a new one at each of its starts. */
  readonly run: string | null;
  readonly key: Image | null;
  readonly before: Image | null;
  readonly after: Image | null;
  /** Columns left out of the images, each with its reason; null when there are none. */
  readonly omitted: Omissions | null;
}

/** An entry that could not be decoded. It is recorded as what it is, in the database's control chain. */
export interface Poison {
  readonly kind: "poison";
  readonly database: string;
  /** Why, as a code in capitals: `NOT_JSON`, `UNKNOWN_OPERATION` … */
  readonly reason: string;
}

/**
 * Entries that the carrier lost before it delivered them: recorded in the database's control chain, at a position behind the last that was
 * delivered and before the next one of its stream. A source MUST NOT report one that it cannot be sure of.
 */
export interface Gap {
  readonly kind: "gap";
  readonly database: string;
  /** How they were lost, as a code in capitals: `TRIMMED_UNREAD`. */
  readonly reason: string;
}

/** An entry that carries no change, or none that is recorded. `reason` must be a pure function of the entry and the rules. */
export interface Skip {
  readonly kind: "skip";
  readonly reason: string;
}

/** What a carrier's entry is, once it is decoded. */
export type Entry = Change | Poison | Gap | Skip;

/** Where an entry stands in its carrier. `id` follows the order of `comparePositions` in `@etrap/proof`. */
export interface Position {
  readonly stream: string;
  readonly id: string;
}

/** One entry, as a source hands it over. */
export interface Delivery {
  readonly position: Position;
  /** The source's generation when it was read. */
  readonly generation: number;
  readonly entry: Entry;
  /** Names and values in turn, exactly as the carrier sent them; none of a gap. */
  readonly fields: readonly Uint8Array[];
  /** Bytes as received: a whole number, by which what is held is bounded. */
  readonly size: number;
}

/** How much to pull, and for how long. */
export interface PullOptions {
  /** At most so many deliveries. */
  readonly max: number;
  /** About so many bytes: the source stops after the entry that reaches it. */
  readonly maxBytes: number;
  /** How long to wait for a first delivery, in milliseconds. */
  readonly waitMs: number;
  /** Streams not to read now. */
  readonly paused: ReadonlySet<string>;
  /** Ends the waiting; what was read already is still returned. */
  readonly signal: AbortSignal;
}

/** Where changes come from. */
export interface ChangeSource {
  /**
   * Goes up whenever the source stepped back: what was delivered under an older generation and is not committed will come again.
   * Whoever holds such deliveries MUST throw them away.
   */
  readonly generation: number;

  /**
   * Whether the last pull says nothing of what is left: the carrier could not be reached, or another reader has it. A single run goes on as
   * long as it is. A source that is never away may leave it out.
   */
  readonly isAway?: boolean;

  /**
   * The next deliveries, each stream's in order and without a hole; an empty list when none came in time. MUST NOT be called again before
   * it settled. MUST let others have their turn (no chain of microtasks alone), settle within about `waitMs`, and at once when `signal` is
   * aborted. MUST NOT reject because the carrier is away for a while: it waits, returns an empty list,
   * and is away.
   */
  pull(options: PullOptions): Promise<Delivery[]>;

  /**
   * Tells that these need never be delivered again. MUST NOT be called before a slot covers each of them, or they are skips. Any order is
   * allowed: the source moves its committed position only along the contiguous prefix of each stream. Deliveries of an older generation
   * are ignored. May be called while a pull waits. A commit that gets lost costs a redelivery and nothing else, so it MUST NOT reject for a
   * carrier that is away.
   */
  commit(deliveries: readonly Delivery[]): Promise<void>;
}

/** The codes that a store's errors bear, whatever package they come from. Compare codes, never classes. */
export type StoreErrorCode =
  /** Other bytes hold the key. */
  | "KEY_CONFLICT"
  /** It cannot be told whether the object was created. */
  | "OUTCOME_UNKNOWN"
  /** Nothing was written; a later try may succeed. */
  | "UNAVAILABLE"
  /** Not a key. */
  | "BAD_KEY";

/**
 * Where batches are kept. Every method settles in bounded time, and rejects with a code: what bears none is STORE_FAILED to the batcher. `get` and
 * `list` MUST reject with UNAVAILABLE when a later try may succeed: what they do not give counts as absent. Keys are `/`-separated; segments are non-empty, of `A-Z a-z 0-9 _ - . % ~`, and
 * never `.` or `..`.
 */
export interface ObjectStore {
  /** The object's bytes, or undefined when there is none. */
  get(key: string): Promise<Uint8Array | undefined>;

  /**
   * Resolves only once `bytes` are durable under `key`. The same bytes again MUST succeed; other bytes MUST reject with KEY_CONFLICT and
   * change nothing, also when two processes create at once. MUST reject with OUTCOME_UNKNOWN when it cannot tell, and with UNAVAILABLE when
   * nothing was written but a later try may succeed.
   */
  create(key: string, bytes: Uint8Array): Promise<void>;

  /** Keys that begin with `prefix` and come after `after`, in byte order. */
  list(prefix: string, after?: string): AsyncIterable<string>;
}

/** What anchoring one batch needs. Its id is `batchId(header)`, and what an anchor keeps of it is made from these members alone. */
export interface Publication {
  readonly header: Header;
  /** The batch's `batch-data.json`: its key, its size in bytes and the SHA-256 of its bytes, as hex. */
  readonly batchData: { readonly key: string; readonly size: number; readonly sha256: string };
}

/** The codes that an anchor's errors bear, whatever package they come from; an adapter may have more. Compare codes, never classes. */
export type AnchorErrorCode =
  /** Nobody answered and nothing was sent; a later try may succeed. */
  | "UNAVAILABLE"
  /** It was sent, and it cannot be told whether it was minted. */
  | "OUTCOME_UNKNOWN"
  /** The chain's head on the anchor is not the batch before this one. */
  | "NOT_NEXT"
  /** Another root or digest is held under this batch's id. */
  | "BATCH_CONFLICT";

/** What became of one publication. An error bears a code (see `AnchorErrorCode`), and its message MUST NOT hold a secret. */
export type PublishOutcome = { readonly receipt: Receipt } | { readonly error: Error };

/** The newest batch of a chain that an anchor holds. `digest`: of its header, as hex. */
export interface ChainHead {
  readonly seq: number;
  readonly digest: string;
}

/** Where batches are anchored, in one organization's name. Every method settles in bounded time, and rejects with UNAVAILABLE when nobody answers. */
export interface Anchor {
  /**
   * Anchors batches: one outcome for each, in order. A batch MUST be minted at most once, across crashes, time-outs and other writers: publishing
   * again what is anchored gives its receipt (`tx_hash` may be null then) and mints nothing. A receipt MUST come only once the mint is final.
   * A chain's batches are given in seq order; a batch MUST NOT be minted unless the chain's head is the one before it, so none of a chain is
   * after one that failed. Another root or digest under a batch's id MUST be an error. One chain's failure MUST NOT keep another chain's batches
   * from being minted. May reject altogether, which says nothing about what was minted. Once `signal` is aborted it MUST NOT send any more, and
   * settles within seconds.
   */
  publish(publications: readonly Publication[], signal: AbortSignal): Promise<readonly PublishOutcome[]>;

  /**
   * The receipt of this very batch; undefined where a final block shows none. MUST reject with BATCH_CONFLICT when another root or digest is held
   * under its id: the id is a name, never evidence.
   */
  find(header: Header): Promise<Receipt | undefined>;

  /** The chain's newest batch at a final block; undefined where that shows none. */
  chainHead(chain: ChainName): Promise<ChainHead | undefined>;
}

/** The time, and waiting for it. */
export interface Clock {
  /** Now, in milliseconds since 1970 UTC. It may be set back: nothing waits longer for that than it would have. */
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
