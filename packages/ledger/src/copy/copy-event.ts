import type { Header } from "@etrap/proof";
import type { ObjectReader, ObjectStore } from "../object-store.ts";

/** A step of a copy. */
export type CopyEvent =
  /** A batch is in the copy: its slot stands there. */
  | { readonly type: "copied"; readonly header: Header }
  /** The target held this many batches of a chain already, up to its newest. */
  | { readonly type: "present"; readonly batches: number }
  /** An object is not copied, since it is damaged or does not belong to the ledger. */
  | { readonly type: "refused"; readonly key: string; readonly message: string };

/** The parts that every step of a copy uses. */
export interface CopyContext {
  readonly from: ObjectReader;
  readonly to: ObjectStore;
  readonly report: (event: CopyEvent) => void;
  readonly signal: AbortSignal | undefined;
}
