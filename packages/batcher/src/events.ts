import type { ChainName } from "@etrap/ledger";
import type { Header, Omissions, Receipt } from "@etrap/proof";

/**
 * A fact that the batcher reports while it works. Events hold names, counts and commitments, never
 * the value of a row.
 */
export type BatcherEvent =
  /** A batch is in the ledger: its slot stands. `bytes` is the size of its batch-data.json. */
  | { readonly type: "batch-stored"; readonly batchId: string; readonly header: Header; readonly bytes: number }
  /**
   * Deliveries were dropped because they are recorded already. The source delivered them again
   * after a crash or a lost reply.
   */
  | { readonly type: "redeliveries-dropped"; readonly count: number }
  /**
   * Entries were not recorded: they hold no change, or the rules leave it out. `reasons` counts
   * them.
   */
  | {
      readonly type: "entries-skipped";
      readonly count: number;
      readonly reasons: Readonly<Record<string, number>>;
    }
  /**
   * An entry that could not be decoded, or that no record can hold, is recorded as poison: its
   * batch is stored. `reason` says why, as a code.
   */
  | {
      readonly type: "entry-poisoned";
      readonly chain: ChainName;
      readonly stream: string;
      readonly id: string;
      readonly reason: string;
    }
  /**
   * A column was left out of an image, and its batch is stored. Reported the first time for each
   * chain, image, column and code of a run. Its value cannot be proved from such a record.
   */
  | {
      readonly type: "column-omitted";
      readonly chain: ChainName;
      readonly part: keyof Omissions;
      readonly column: string;
      readonly code: string;
    }
  /**
   * A rule has matched none of the run's `changes` so far, by the end of the snapshot, a thousand
   * changes or the end of the run. It may be a typing error: what it is to leave out is recorded,
   * or what it is to include is not. `member` is the option, such as `rules.included_tables`.
   */
  | { readonly type: "rule-unmatched"; readonly member: string; readonly rule: string; readonly changes: number }
  /**
   * A stream has changes at positions that the ledger knows with other content: its carrier was
   * rebuilt. They are recorded, in a new epoch.
   */
  | { readonly type: "epoch-began"; readonly chain: ChainName; readonly stream: string; readonly epoch: number }
  /** Another writer took the slot. Changes that it did not record are sealed again on top. */
  | { readonly type: "slot-lost"; readonly chain: ChainName; readonly seq: number }
  /** The source stepped back. `discarded` changes were held. They are delivered again. */
  | { readonly type: "source-reset"; readonly reason: string | undefined; readonly discarded: number }
  /** A derived document holds other bytes than its batch makes. It is left as it is. */
  | { readonly type: "derived-differs"; readonly key: string }
  /**
   * The store has not accepted an object, or has not answered, for `sinceMs`. It is tried again
   * after `retryInMs`. No change of that chain is committed meanwhile.
   */
  | {
      readonly type: "store-waiting";
      readonly code: string;
      readonly message: string;
      readonly sinceMs: number;
      readonly retryInMs: number;
    }
  /** The store answers again, after `afterMs`. */
  | { readonly type: "store-back"; readonly afterMs: number }
  /**
   * A chain cannot be written, for another reason than a store that is away. The other chains go
   * on. It is tried again after `retryInMs`.
   */
  | {
      readonly type: "chain-refused";
      readonly chain: ChainName;
      readonly code: string;
      readonly message: string;
      readonly retryInMs: number;
    }
  /** A chain that was refused is written again. */
  | { readonly type: "chain-back"; readonly chain: ChainName }
  /** The buffer is full. Nothing is read until some of it is stored. */
  | { readonly type: "reading-paused"; readonly bytes: number }
  /** The buffer has room again. */
  | { readonly type: "reading-resumed"; readonly bytes: number }
  /**
   * The time for draining was over. `changes` are not recorded and not committed. They are
   * delivered again.
   */
  | { readonly type: "drain-timed-out"; readonly changes: number }
  /**
   * The anchor holds nothing of a chain, and its anchoring begins at the batch `seq`. The `before`
   * batches before it get no token of their own: the headers cover them. Reported once for each
   * chain of a run, where batches are left out.
   */
  | { readonly type: "anchor-begins"; readonly chain: ChainName; readonly seq: number; readonly before: number }
  /**
   * The next batches of a chain are about to be given to the anchor. Some may be anchored already,
   * and are not minted again. `attempt` counts 1, 2 … since a batch of the chain was last anchored,
   * and goes on beyond `maxMintRetries`.
   */
  | {
      readonly type: "anchor-publishing";
      readonly chain: ChainName;
      readonly batchIds: readonly string[];
      readonly attempt: number;
    }
  /** A batch is anchored, and its anchor.json stands. */
  | { readonly type: "batch-anchored"; readonly batchId: string; readonly header: Header; readonly receipt: Receipt }
  /**
   * A chain could not be anchored. It is tried again after `retryInMs`. `attempt` counts 1, 2 …
   * since a batch of it was last anchored.
   */
  | (AnchorTrouble & { readonly type: "anchor-waiting"; readonly attempt: number })
  /**
   * A chain has used up its `maxMintRetries` attempts. The other chains go on. It is tried again
   * after `retryInMs`, or on demand. `batches` wait in it.
   */
  | (AnchorTrouble & { readonly type: "chain-parked"; readonly batches: number })
  /**
   * An anchor.json names another mint than the anchor does. It is left as it is, since only the
   * anchor proves a mint.
   */
  | { readonly type: "anchor-differs"; readonly key: string };

interface AnchorTrouble {
  readonly chain: ChainName;
  /**
   * The code of the anchor's or store's error, a BatcherErrorCode, or `UNKNOWN` where the error has
   * none.
   */
  readonly code: string;
  /** What went wrong, and what to do. */
  readonly message: string;
  readonly retryInMs: number;
}

/** Receives events. MUST NOT throw. */
export type OnEvent = (event: BatcherEvent) => void;
