import { actions, baseDecode, baseEncode, createTransaction } from "near-api-js";
import type { Signer } from "near-api-js";

/** A transaction that mints. Sending the same bytes again executes it no second time. */
export interface SignedMint {
  readonly base64: string;
  /** The transaction's hash in base58. */
  readonly hash: string;
  readonly nonce: bigint;
  /** The height of the block that it names. It expires some blocks later. */
  readonly blockHeight: number;
  readonly tokenIds: readonly string[];
}

/** What is signed. */
export interface Mint {
  readonly accountId: string;
  readonly contractId: string;
  /** The arguments of each token: see `mintArguments`. */
  readonly batches: readonly { readonly tokenId: string; readonly args: object }[];
}

/** The place of a transaction: after which of the key's, and on which block. */
export interface Place {
  readonly nonce: bigint;
  readonly blockHash: string;
  readonly blockHeight: number;
}

/** The largest amount of gas that a call may be given on every protocol version. */
const MAX_TGAS = 300n;

/** Signs a mint of one batch by `mint_batch`, or of several by `mint_batches`. */
export async function signMint(
  signer: Signer,
  { accountId, contractId, batches }: Mint,
  place: Place,
): Promise<SignedMint> {
  const [only] = batches;
  const [method, args] =
    batches.length === 1 && only !== undefined
      ? ["mint_batch", only.args]
      : ["mint_batches", { batches: batches.map((batch) => batch.args) }];
  // Measured: 2 Tgas a batch, and 2.8 where all names have their greatest length.
  const needed = 10n + 3n * BigInt(batches.length);
  const gas = (needed < MAX_TGAS ? needed : MAX_TGAS) * 10n ** 12n;
  const { nonce, blockHash, blockHeight } = place;
  const action = actions.functionCall(method, args, gas, 0n);
  const publicKey = await signer.getPublicKey();
  const transaction = createTransaction(accountId, publicKey, contractId, nonce, [action], baseDecode(blockHash));
  const { txHash, signedTransaction } = await signer.signTransaction(transaction);
  return {
    base64: Buffer.from(signedTransaction.encode()).toString("base64"),
    hash: baseEncode(txHash),
    nonce,
    blockHeight,
    tokenIds: batches.map(({ tokenId }) => tokenId),
  };
}
