import type { ChainName, Header, Receipt } from "@etrap/proof";

/** What the batcher reports while it works. Holds names, counts and commitments, never a row's value. */
export type BatcherEvent =
  /** A batch is in the record: its slot stands. `bytes`: of its batch-data.json. */
  | { readonly type: "batch-stored"; readonly batchId: string; readonly header: Header; readonly bytes: number }
  /** Deliveries that are in the record already, from before a crash or a lost reply. */
  | { readonly type: "redeliveries-dropped"; readonly count: number }
  /** Entries that carry no change, or one that the rules leave out; how many for each reason. */
  | {
      readonly type: "entries-skipped";
      readonly count: number;
      readonly reasons: Readonly<Record<string, number>>;
    }
  /** A stream holds changes at positions that the record knows with other content: its carrier was rebuilt. They are recorded. */
  | { readonly type: "epoch-began"; readonly chain: ChainName; readonly stream: string; readonly epoch: number }
  /** Another writer took the slot; what it did not record is sealed again on top. */
  | { readonly type: "slot-lost"; readonly chain: ChainName; readonly seq: number }
  /** The source stepped back; what was held is thrown away and will come again. */
  | { readonly type: "stepped-back"; readonly discarded: number }
  /** A document that can be made again from its batch holds other bytes. It is left as it is. */
  | { readonly type: "derived-differs"; readonly key: string }
  /** The store did not take an object or did not answer, for `sinceMs` now; it is asked again after `retryInMs`. Nothing of that chain is committed meanwhile. */
  | { readonly type: "store-waiting"; readonly code: string; readonly sinceMs: number; readonly retryInMs: number }
  /** The store answers again, after so long. */
  | { readonly type: "store-back"; readonly afterMs: number }
  /** A chain cannot be written, for a reason that is not the store being away. The others go on; it is tried again after `retryInMs`. */
  | {
      readonly type: "chain-refused";
      readonly chain: ChainName;
      readonly code: string;
      readonly message: string;
      readonly retryInMs: number;
    }
  /** A chain that was refused is written again. */
  | { readonly type: "chain-back"; readonly chain: ChainName }
  /** The buffer has no room: nothing is read until some of what it holds is stored. */
  | { readonly type: "reading-paused"; readonly bytes: number }
  | { readonly type: "reading-resumed"; readonly bytes: number }
  /** The time for draining was over. What was held is not in the record, not committed, and comes again. */
  | { readonly type: "drain-cut"; readonly changes: number }
  /** A batch is anchored, and its anchor.json stands. */
  | { readonly type: "batch-anchored"; readonly batchId: string; readonly header: Header; readonly receipt: Receipt }
  /** A chain could not be anchored; it is tried again after `retryInMs`. `attempt`: 1, 2 … since it last got on. */
  | (AnchorTrouble & { readonly type: "anchor-waiting"; readonly attempt: number })
  /** A chain has used up its attempts. Other chains go on; it is tried again after `retryInMs`, or on demand. `batches`: how many wait. */
  | (AnchorTrouble & { readonly type: "chain-parked"; readonly batches: number })
  /** An anchor.json says other than the anchor does. It is left as it is: the anchor's word counts. */
  | { readonly type: "anchor-differs"; readonly key: string };

interface AnchorTrouble {
  readonly chain: ChainName;
  /** The code of what went wrong: the anchor's, the store's or a BatcherErrorCode; `UNKNOWN` where the error bears none. */
  readonly code: string;
  /** What went wrong, in words that say what to do. */
  readonly message: string;
  readonly retryInMs: number;
}

/** Takes events. MUST NOT throw. */
export type OnEvent = (event: BatcherEvent) => void;
