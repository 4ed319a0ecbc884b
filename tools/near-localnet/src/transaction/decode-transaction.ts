import type { Action as NearAction } from "near-api-js";
import { baseEncode, encodeTransaction, PublicKey, SignedTransaction, Transaction } from "near-api-js";
import { digest } from "../bytes/digest.ts";
import type { Action } from "./action.ts";
import { decodeAction } from "./decode-action.ts";

/** A transaction as a node takes it from its borsh bytes. */
export interface DecodedTransaction {
  /** The SHA-256 of the transaction without its signature, in base58. */
  readonly hash: string;
  readonly signerId: string;
  readonly publicKey: string;
  readonly nonce: bigint;
  readonly receiverId: string;
  readonly blockHash: string;
  readonly actions: readonly Action[];
  readonly signature: string;
  readonly isSignatureValid: boolean;
  /** The borsh bytes, signature included. */
  readonly bytes: Uint8Array;
}

/** Decodes a signed transaction with the schema of near-api-js. Throws an `Error` if it is none. */
export function decodeTransaction(bytes: Uint8Array): DecodedTransaction {
  const signed = SignedTransaction.decode(bytes);
  // borsh reads what it knows and stops, so bytes behind the transaction would go unnoticed.
  if (!Buffer.from(encodeTransaction(signed)).equals(bytes)) throw new Error("bytes follow the transaction");
  const { transaction } = signed;
  const signature = signatureBytes(signed);
  const hash = digest(new Transaction(transaction).encode());
  return {
    hash: baseEncode(hash),
    signerId: transaction.signerId,
    publicKey: transaction.publicKey.toString(),
    nonce: transaction.nonce,
    receiverId: transaction.receiverId,
    blockHash: baseEncode(Uint8Array.from(transaction.blockHash)),
    actions: transaction.actions.map((action: NearAction) => decodeAction(action)),
    signature: `${prefixOf(transaction.publicKey)}${baseEncode(signature)}`,
    isSignatureValid: isSignedBy(transaction.publicKey, hash, signature),
    bytes,
  };
}

function signatureBytes({ signature }: SignedTransaction): Uint8Array {
  const { ed25519Signature, mlDsa65Signature, secp256k1Signature } = signature;
  return Uint8Array.from((ed25519Signature ?? secp256k1Signature ?? mlDsa65Signature)?.data ?? []);
}

const prefixOf = (key: PublicKey): string => key.toString().replace(/:.*/u, ":");

/** A signature that the curve's code cannot even read is a wrong one. */
function isSignedBy(key: PublicKey, hash: Uint8Array, signature: Uint8Array): boolean {
  try {
    return PublicKey.from(key).verify(hash, signature);
  } catch {
    return false;
  }
}
