import { secp256k1 } from "@noble/curves/secp256k1.js";
import type { Host } from "./host.ts";
import { hostFailure } from "./host.ts";

/** The arguments of `ecrecover`. */
export type RecoverArguments = readonly [
  hashLength: bigint,
  hashAt: bigint,
  signatureLength: bigint,
  signatureAt: bigint,
  v: bigint,
  malleability: bigint,
  register: bigint,
];

/** Writes the key that signed a hash to a register. Returns 1, or 0 if there is none. */
export function recoverKey(
  host: Host,
  [hashLength, hashAt, signatureLength, signatureAt, v, malleability, register]: RecoverArguments,
): bigint {
  host.gas.burn(278_821_988_457n);
  const signature = host.memory.read(signatureAt, signatureLength);
  const hash = host.memory.read(hashAt, hashLength);
  if (signature.length !== 64)
    throw recoverFailure(`The length of the signature: ${signature.length}, exceeds the limit of 64 bytes`);
  if (v > 3n) throw recoverFailure(`V recovery byte 0 through 3 are valid but was provided ${v}`);
  if (hash.length !== 32) throw recoverFailure(`The length of the hash: ${hash.length}, exceeds the limit of 32 bytes`);
  if (malleability > 1n) throw recoverFailure(`Malleability flag needs to be 0 or 1, but is instead ${malleability}`);
  const key = recoveredKey(signature, hash, { bit: Number(v), refusesHighS: malleability === 1n });
  if (key === undefined) return 0n;
  host.registers.write(register, key);
  return 1n;
}

const recoverFailure = (message: string): Error => hostFailure(`ECDSA recover error: ${message}`);

function recoveredKey(
  signature: Uint8Array,
  hash: Uint8Array,
  { bit, refusesHighS }: { readonly bit: number; readonly refusesHighS: boolean },
): Uint8Array | undefined {
  try {
    const parsed = secp256k1.Signature.fromBytes(signature, "compact").addRecoveryBit(bit);
    if (refusesHighS && parsed.hasHighS()) return undefined;
    return parsed.recoverPublicKey(hash).toBytes(false).subarray(1);
  } catch {
    return undefined;
  }
}
