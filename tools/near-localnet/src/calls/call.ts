import type { Action } from "../transaction/action.ts";
import type { Failure } from "./vm-failure.ts";

/** A call of a contract's method, and what the contract may learn of it. */
export interface Call {
  readonly chainId: string;
  readonly currentAccountId: string;
  readonly signerAccountId: string;
  /** The signer's public key: a byte for the curve and the key. */
  readonly signerPublicKey: Uint8Array;
  readonly predecessorAccountId: string;
  readonly method: string;
  readonly input: Uint8Array;
  readonly block: CallBlock;
  /** The account's balance in yoctoNEAR, without the deposit of this call. */
  readonly balance: bigint;
  readonly deposit: bigint;
  readonly prepaidGas: bigint;
  /** The bytes that the account takes, by the network's count. */
  readonly storageUsage: number;
  readonly isView: boolean;
  readonly promiseResults: readonly PromiseResult[];
  /** The accounts that wait for the result. */
  readonly dataReceivers: readonly string[];
}

/** The block in which a call runs. */
interface CallBlock {
  readonly height: number;
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint;
  readonly epoch: number;
  readonly randomSeed: Uint8Array;
}

/** The result of a promise that a call waited for. */
export type PromiseResult = { readonly kind: "value"; readonly value: Uint8Array } | { readonly kind: "failed" };

/** A contract's own records. Keys are bytes as Latin-1 text. */
export interface Records {
  readonly get: (key: string) => Uint8Array | undefined;
  /** Sets a record, or removes it where `value` is undefined. */
  readonly set: (key: string, value: Uint8Array | undefined) => void;
}

/** What a call returned: the promise by its index in `promises`. */
export type Returned =
  | { readonly kind: "none" }
  | { readonly kind: "value"; readonly value: Uint8Array }
  | { readonly kind: "promise"; readonly index: number };

/** A receipt that a call asks for. */
export interface PromisedReceipt {
  readonly receiverId: string;
  /** The indices of the receipts whose results it waits for. */
  readonly after: readonly number[];
  readonly actions: Action[];
}

/** The outcome of a call. Whoever called drops what a failed one wrote. */
export interface CallOutcome {
  readonly failure: Failure | undefined;
  readonly returned: Returned;
  readonly logs: readonly string[];
  readonly burntGas: bigint;
  /** Burnt gas, and gas that the promises take. */
  readonly usedGas: bigint;
  readonly storageUsage: number;
  /** The balance with the deposit, less what the promises take. */
  readonly balance: bigint;
  readonly promises: readonly PromisedReceipt[];
}
