import type { ChainName } from "@etrap/ledger";
import type { Header, Image, Omissions, Operation, Receipt } from "@etrap/proof";

/** One row change, decoded. A member is null where the carrier does not give it. */
export interface Change {
  readonly kind: "change";
  /**
   * The database of the table. SHOULD be the writer's `capture.source_name`: a run with an anchor
   * first lists the chains of that database.
   */
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly operation: Exclude<Operation, "POISON" | "GAP">;
  /** The commit time of the transaction, in milliseconds since 1970 UTC. */
  readonly timestamp: number | null;
  /**
   * The time at which the connector saw the change, by its own clock, in nanoseconds since 1970
   * UTC, as decimal digits.
   */
  readonly capturedAt: string | null;
  /** The place of the change in PostgreSQL's log, as decimal digits. Not unique. */
  readonly lsn: string | null;
  readonly txId: string | null;
  /**
   * The number of the change inside its transaction, from 1. The count starts again when the
   * connector restarts inside the transaction.
   */
  readonly txOrder: number | null;
  /** Identifies a run of the connector. Each start of the connector begins a new run. */
  readonly run: string | null;
  readonly key: Image | null;
  readonly before: Image | null;
  readonly after: Image | null;
  /** The columns left out of the images, each with its reason. Null where there are none. */
  readonly omitted: Omissions | null;
}

/**
 * An entry that could not be decoded. It is recorded as it came, in the control chain of its
 * database.
 */
export interface Poison {
  readonly kind: "poison";
  readonly database: string;
  /** The reason, as a code in capitals: `NOT_JSON`, `UNKNOWN_OPERATION` … */
  readonly reason: string;
}

/**
 * Entries that the carrier lost before it delivered them. A gap is recorded in the control chain of
 * its database, at a position after the last entry delivered and before the next one of its stream.
 * A source MUST NOT report a gap that it is not certain of.
 */
export interface Gap {
  readonly kind: "gap";
  readonly database: string;
  /** The cause of the loss, as a code in capitals: `TRIMMED_UNREAD`. */
  readonly reason: string;
}

/**
 * An entry without a change, or with a change that is not recorded. `reason` MUST be a pure
 * function of the entry and the rules.
 */
export interface Skip {
  readonly kind: "skip";
  readonly reason: string;
}

/** A decoded entry of a carrier. */
export type Entry = Change | Poison | Gap | Skip;

/**
 * The place of an entry in its carrier. `id` is ordered by `comparePositions` of `@etrap/proof`.
 */
export interface Position {
  readonly stream: string;
  readonly id: string;
}

/** One entry, as a source delivers it. */
export interface Delivery {
  readonly position: Position;
  /** The source's generation when the entry was read. */
  readonly generation: number;
  readonly entry: Entry;
  /**
   * Names and values in turn, exactly as the carrier sent them. Empty for a gap. SHOULD be given
   * for every other entry: they are recorded where no record can hold the change, which is refused
   * otherwise.
   */
  readonly fields: readonly Uint8Array[];
  /** The size in bytes, as received. A whole number, since it limits how much is held. */
  readonly size: number;
}

/** Options of `ChangeSource.pull`. */
export interface PullOptions {
  /** The largest number of deliveries to return. */
  readonly max: number;
  /** The number of bytes at which the source stops. The entry that reaches it is still returned. */
  readonly maxBytes: number;
  /** The longest wait for a first delivery, in milliseconds. */
  readonly waitMs: number;
  /** The streams that must not be read now. */
  readonly paused: ReadonlySet<string>;
  /** Ends the wait. Entries that were read already are still returned. */
  readonly signal: AbortSignal;
}

/** A source of changes. */
export interface ChangeSource {
  /**
   * Increases whenever the source steps back. Entries that were delivered under an older generation
   * and not committed will be delivered again. The caller MUST discard its deliveries of an older
   * generation.
   */
  readonly generation: number;

  /**
   * The reason of the newest step back, as a short code such as `reconnected`. A source that does
   * not know may leave it out.
   */
  readonly resetReason?: string | undefined;

  /**
   * Whether the last pull could not ask the carrier, because it was unreachable or another reader
   * has it. An empty list then does not mean that nothing is left, so `runOnce` goes on. A source
   * that is never away may leave it out.
   */
  readonly isAway?: boolean;

  /**
   * Returns the next deliveries, each stream's in order and without a hole, or an empty list when
   * none came in time. MUST NOT be called again before the last call settled. MUST give other tasks
   * a turn (not only microtasks), settle within about `waitMs`, and settle at once when `signal` is
   * aborted. MUST NOT reject because the carrier is away for a while: it waits, returns an empty
   * list, and sets `isAway`.
   */
  pull(options: PullOptions): Promise<Delivery[]>;

  /**
   * Notes that these deliveries are never needed again. MUST NOT be called before a slot covers
   * each of them, unless they are skips. Any order is allowed: the source moves its committed
   * position only along the contiguous prefix of each stream. Deliveries of an older generation are
   * ignored. May be called while a pull waits. A lost commit costs only a redelivery, so this MUST
   * NOT reject for a carrier that is away.
   */
  commit(deliveries: readonly Delivery[]): Promise<void>;

  /**
   * Lets another reader begin. Called once at the end of a run, when everything that was recorded
   * is committed, and while the last call to the anchor may still be under way. Nothing is pulled
   * or committed afterwards. A source without readers that stand by may leave it out.
   */
  release?(): Promise<void>;
}

/**
 * A batch that is to be anchored. Its id is `batchId(header)`. An anchor derives everything that it
 * keeps of a batch from these members alone.
 */
export interface Publication {
  readonly header: Header;
  /**
   * The batch-data.json of the batch: its key, its size in bytes, and the SHA-256 of its bytes as
   * hex.
   */
  readonly batchData: { readonly key: string; readonly size: number; readonly sha256: string };
  /**
   * Whether the chain may begin at this batch on the anchor, whatever its seq: the anchor holds
   * nothing of the chain. Default: false.
   */
  readonly begins?: boolean;
}

/**
 * The codes of an anchor's errors, whatever package they come from. An adapter may have more.
 * Compare codes, never classes.
 */
export type AnchorErrorCode =
  /** The anchor did not answer, and nothing was sent. A later attempt may succeed. */
  | "UNAVAILABLE"
  /** The batch was sent, and it is not known whether it was minted. */
  | "OUTCOME_UNKNOWN"
  /** The head of the chain on the anchor is not the batch before this one. */
  | "NOT_NEXT"
  /** Another root or digest stands under this batch's id. */
  | "BATCH_CONFLICT";

/**
 * The outcome of one publication. The error has a code (see `AnchorErrorCode`), and its message
 * MUST NOT hold a secret.
 */
export type PublishOutcome =
  | { readonly kind: "anchored"; readonly receipt: Receipt }
  | { readonly kind: "failed"; readonly error: Error };

/** The newest batch of a chain that an anchor holds. `digest` is that of its header, as hex. */
export interface ChainHead {
  readonly seq: number;
  readonly digest: string;
  /**
   * The seq of the first batch of the chain that the anchor holds. Default: 0. Batches before it
   * have no token, and the headers cover them.
   */
  readonly firstSeq?: number;
}

/**
 * Anchors the batches of one organization. Every method settles in bounded time, and rejects with
 * UNAVAILABLE when the anchor does not answer.
 */
export interface Anchor {
  /**
   * Anchors batches, and returns one outcome for each, in order.
   *
   * A batch MUST be minted at most once, across crashes, time-outs and other writers: publishing an
   * anchored batch again returns its receipt (whose `tx_hash` may be null) and mints nothing. A
   * receipt MUST be returned only once the mint is final. The batches of a chain are given in seq
   * order. A batch MUST NOT be minted unless the head of its chain is the batch before it, or it
   * `begins` and the anchor holds nothing of its chain. So none is minted after one that failed.
   * Another root or digest under the id of a batch MUST be an error. The failure of one chain MUST
   * NOT keep the batches of another from being minted.
   *
   * May reject altogether, which says nothing about what was minted. Once `signal` is aborted, it
   * MUST NOT send anything more, and it settles within seconds.
   */
  publish(publications: readonly Publication[], signal: AbortSignal): Promise<readonly PublishOutcome[]>;

  /**
   * Returns the newest batch of a chain at a final block. Undefined where that block shows none.
   */
  chainHead(chain: ChainName): Promise<ChainHead | undefined>;
}

/** The time, and waiting for it. */
export interface Clock {
  /**
   * Returns the time in milliseconds since 1970 UTC. The clock may be set back, which never makes
   * the batcher wait longer.
   */
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` is aborted. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
