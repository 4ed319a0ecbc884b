/** How a transaction or a receipt ended. */
export type OutcomeStatus =
  | { readonly kind: "value"; readonly value: Uint8Array }
  | { readonly kind: "receipt"; readonly receiptId: string }
  /** The error in the JSON form of nodes (`ActionError`). */
  | { readonly kind: "failure"; readonly error: unknown };

/** What came of a transaction or a receipt. */
export interface Outcome {
  /** The hash of the transaction, or the id of the receipt. */
  readonly id: string;
  readonly executorId: string;
  readonly logs: readonly string[];
  readonly receiptIds: readonly string[];
  readonly gasBurnt: bigint;
  readonly tokensBurnt: bigint;
  readonly status: OutcomeStatus;
}

/** YoctoNEAR that a unit of burnt gas costs. */
export const GAS_PRICE = 100_000_000n;

/** YoctoNEAR that a signer pays ahead for a unit of gas. What is not burnt at it comes back. */
export const PURCHASE_PRICE = 1_000_000_000n;

/** The block in which transactions and receipts run. */
export interface RuntimeBlock {
  readonly chainId: string;
  readonly height: number;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly epoch: number;
  readonly randomSeed: Uint8Array;
}
