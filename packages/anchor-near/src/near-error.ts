import type { AnchorErrorCode } from "@etrap/batcher";

/** The codes of a `NearError`. */
export type NearErrorCode =
  | AnchorErrorCode
  /** An option is not valid. */
  | "BAD_OPTIONS"
  /** A node belongs to another network. */
  | "NEAR_WRONG_NETWORK"
  /** The nodes contradict each other, so none is believed. */
  | "NEAR_DISAGREEMENT"
  /** The account that signs does not exist. */
  | "NEAR_ACCOUNT_UNKNOWN"
  /** The account does not have this key. */
  | "NEAR_KEY_UNKNOWN"
  /** The key may not call the contract's methods for minting. */
  | "NEAR_KEY_NOT_ALLOWED"
  /** The key's allowance for gas is used up. */
  | "NEAR_ALLOWANCE_USED"
  /** The account that signs cannot pay the gas. */
  | "NEAR_INSUFFICIENT_FUNDS"
  /** The contract cannot pay the storage of a batch. */
  | "NEAR_CONTRACT_FUNDS"
  /** There is no contract of ETRAP under the account, or it is of another organization. */
  | "NEAR_CONTRACT_UNKNOWN"
  /** The contract's owner has not named the account as a minter. */
  | "NEAR_NOT_A_MINTER"
  /** The contract's owner has paused minting. */
  | "NEAR_PAUSED"
  /** The contract refuses the batch for another reason, which the message tells. */
  | "NEAR_REFUSED"
  /** The owner took the batch out of its chain by a restart, and it does not follow the head. */
  | "NEAR_SUPERSEDED";

/** A refusal by this package. Callers compare `code`. The message never holds a key. */
export class NearError extends Error {
  override readonly name = "NearError";
  readonly code: NearErrorCode;

  constructor(code: NearErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
