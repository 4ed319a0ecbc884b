import { ed25519 } from "@noble/curves/ed25519.js";
import type { KeyPairString } from "near-api-js";
import { baseEncode, KeyPair } from "near-api-js";
import { digest } from "./bytes/digest.ts";

/**
 * Returns the secret key that the localnet gives to an account. It follows from the names alone, so
 * that it is the same after a restart, and so anyone knows it. Form: `ed25519:base58`.
 */
export function localKey(chainId: string, accountId: string): KeyPairString {
  const seed = digest(Buffer.from(`near-localnet\n${chainId}\n${accountId}`));
  return `ed25519:${baseEncode(Buffer.concat([seed, ed25519.getPublicKey(seed)]))}`;
}

/** Returns the public key of `localKey`. */
export function localPublicKey(chainId: string, accountId: string): string {
  return KeyPair.fromString(localKey(chainId, accountId)).getPublicKey().toString();
}
