import { InvalidTransaction } from "../receipts/invalid-transaction.ts";
import type { State } from "../state/state.ts";
import { accountOf, setAccount } from "../state/state.ts";
import { lackingFor } from "../state/storage-usage.ts";
import type { AccessKey } from "../transaction/action.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import { checkAccessKey } from "./check-access-key.ts";
import type { TransactionCost } from "./transaction-cost.ts";

/** Nonces of a key may be this far above those of keys that were just made. */
const NONCES_PER_BLOCK = 1_000_000n;

/** What a transaction costs, and the block in which it does. */
export interface Charge {
  readonly cost: TransactionCost;
  readonly height: number;
}

/**
 * Charges a transaction to its signer. Throws `InvalidTransaction`, and then `state` is as before.
 */
export function charge(state: State, transaction: DecodedTransaction, { cost, height }: Charge): void {
  const { publicKey, signerId } = transaction;
  const account = accountOf(state, signerId);
  if (account === undefined) throw new InvalidTransaction({ SignerDoesNotExist: { signer_id: signerId } });
  const key = state.keys.get(signerId, publicKey);
  if (key === undefined) {
    const error = { AccessKeyNotFound: { account_id: signerId, public_key: publicKey } };
    throw new InvalidTransaction({ InvalidAccessKeyError: error });
  }
  checkNonce(transaction, key, height);
  if (account.balance < cost.total) {
    const error = { signer_id: signerId, balance: `${account.balance}`, cost: `${cost.total}` };
    throw new InvalidTransaction({ NotEnoughBalance: error });
  }
  const keyAfter = checkAccessKey(transaction, key, cost);
  const after = { ...account, balance: account.balance - cost.total };
  const lacking = lackingFor(after);
  if (lacking > 0n) {
    throw new InvalidTransaction({ LackBalanceForState: { signer_id: signerId, amount: `${lacking}` } });
  }
  state.keys.set(signerId, publicKey, keyAfter);
  setAccount(state, signerId, after);
}

function checkNonce({ nonce }: DecodedTransaction, key: AccessKey, height: number): void {
  if (nonce <= key.nonce) {
    throw new InvalidTransaction({ InvalidNonce: { tx_nonce: Number(nonce), ak_nonce: Number(key.nonce) } });
  }
  const bound = BigInt(height) * NONCES_PER_BLOCK;
  if (nonce >= bound) {
    throw new InvalidTransaction({ NonceTooLarge: { tx_nonce: Number(nonce), upper_bound: Number(bound) } });
  }
}
