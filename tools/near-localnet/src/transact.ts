import type { Action } from "near-api-js";
import { baseDecode, createTransaction, KeyPair, Signature, SignedTransaction } from "near-api-js";
import { digest } from "./bytes/digest.ts";
import type { Chain } from "./chain/chain.ts";
import { LocalnetError } from "./chain/localnet-error.ts";
import type { Producer } from "./chain/producer.ts";
import { finalHeight, progressOf } from "./chain/progress.ts";
import { localKey } from "./keys.ts";
import { InvalidTransaction } from "./receipts/invalid-transaction.ts";
import type { DecodedTransaction } from "./transaction/decode-transaction.ts";
import { decodeTransaction } from "./transaction/decode-transaction.ts";

/** A transaction of the localnet's own, signed with the key that it gave to the signer. */
export interface OwnTransaction {
  readonly signerId: string;
  readonly receiverId: string;
  readonly actions: Action[];
}

/** What transactions are sent to. */
interface TransactParts {
  readonly chain: Chain;
  readonly producer: Producer;
}

/** Milliseconds after which a transaction of our own has failed, if the clock makes the blocks. */
const PATIENCE = 60_000;

/** Sends a transaction and waits until it is final. Throws `LocalnetError` if any of it failed. */
export async function transact({ chain, producer }: TransactParts, own: OwnTransaction): Promise<void> {
  const transaction = sign(chain, own);
  try {
    chain.submit(transaction);
  } catch (error) {
    throw error instanceof InvalidTransaction ? failed(own, error.error) : error;
  }
  const progress = () => progressOf(chain.archive, transaction.hash, chain.head().height);
  const condition = { holds: () => progress()?.hasReached("FINAL") === true, moves: () => true };
  if (!(await producer.waitFor(condition, PATIENCE))) throw failed(own, "it did not become final");
  const failure = progress()?.receipts.find(({ outcome }) => outcome.status.kind === "failure");
  if (failure?.outcome.status.kind === "failure") throw failed(own, failure.outcome.status.error);
}

function failed({ receiverId, signerId }: OwnTransaction, why: unknown): LocalnetError {
  const text = typeof why === "string" ? why : JSON.stringify(why);
  return new LocalnetError("TRANSACTION_FAILED", `the transaction of ${signerId} to ${receiverId} failed: ${text}`);
}

/** Without a wait in it, so that two transactions of one key never take the same nonce. */
function sign(chain: Chain, { actions, receiverId, signerId }: OwnTransaction): DecodedTransaction {
  const pair = KeyPair.fromString(localKey(chain.genesis.chainId, signerId));
  const key = pair.getPublicKey();
  const { archive, head } = chain;
  const hash = archive.blockAt(finalHeight(head().height))?.hash ?? head().hash;
  const nonce = lastNonce(chain, signerId, key.toString()) + 1n;
  const transaction = createTransaction(signerId, key, receiverId, nonce, actions, baseDecode(hash));
  const { signature } = pair.sign(digest(transaction.encode()));
  const signed = new SignedTransaction({
    transaction,
    signature: new Signature({ keyType: key.keyType, data: signature }),
  });
  return decodeTransaction(signed.encode());
}

function lastNonce(chain: Chain, accountId: string, publicKey: string): bigint {
  const key = chain.stateAt(chain.head().height).keys.get(accountId, publicKey);
  if (key === undefined) {
    throw new LocalnetError(
      "UNKNOWN_ACCOUNT",
      `${accountId} is no account with a key of the localnet's: make it with createAccount, without a public key`,
    );
  }
  const waiting = chain.pool().filter((other) => other.signerId === accountId && other.publicKey === publicKey);
  return waiting.reduce((last, { nonce }) => (nonce > last ? nonce : last), key.nonce);
}
