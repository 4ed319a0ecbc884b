import { ed25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256, keccak_512, sha3_256, sha3_384, sha3_512 } from "@noble/hashes/sha3.js";
import type { Host, HostFunctions } from "./host.ts";
import { hostFailure } from "./host.ts";
import type { RecoverArguments } from "./recover-key.ts";
import { recoverKey } from "./recover-key.ts";

type Hash = (bytes: Uint8Array) => Uint8Array;
type Verify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;
type Six = readonly [bigint, bigint, bigint, bigint, bigint, bigint];

/** Returns the functions that hash and that verify signatures. */
export function cryptoFunctions(host: Host): HostFunctions {
  return {
    sha256: hashing(host, sha256, [4_540_970_250n, 24_117_351n]),
    keccak256: hashing(host, keccak_256, [5_879_491_275n, 21_471_105n]),
    keccak512: hashing(host, keccak_512, [5_811_388_236n, 36_649_701n]),
    sha3_256: hashing(host, sha3_256, [5_879_491_275n, 21_471_105n]),
    sha3_384: hashing(host, sha3_384, [5_811_388_236n, 36_649_701n]),
    sha3_512: hashing(host, sha3_512, [5_811_388_236n, 36_649_701n]),
    ripemd160: (length: bigint, at: bigint, register: bigint) => {
      host.gas.burn(853_675_086n);
      const value = host.memory.read(at, length);
      host.gas.burn(680_107_584n * BigInt(Math.floor((value.length + 8) / 64) + 1));
      host.registers.write(register, ripemd160(value));
    },
    ed25519_verify: verifying(host, ED25519),
    p256_verify: verifying(host, P256),
    ecrecover: (...args: RecoverArguments) => recoverKey(host, args),
  };
}

function hashing({ gas, memory, registers }: Host, hash: Hash, [base, byte]: readonly [bigint, bigint]) {
  return (length: bigint, at: bigint, register: bigint): void => {
    gas.burn(base);
    const value = memory.read(at, length);
    gas.burn(byte * BigInt(value.length));
    registers.write(register, hash(value));
  };
}

interface Scheme {
  readonly name: string;
  readonly keyLength: number;
  readonly verify: Verify;
  readonly base: bigint;
  readonly byte: bigint;
}

const ED25519: Scheme = {
  name: "ED25519",
  keyLength: 32,
  verify: (signature, message, key) => ed25519.verify(signature, message, key, { zip215: false }),
  base: 210_000_000_000n,
  byte: 9_000_000n,
};

const P256: Scheme = {
  name: "P256",
  keyLength: 33,
  verify: (signature, message, key) => p256.verify(signature, message, key, { lowS: false }),
  base: 1_300_000_000_000n,
  byte: 13_000_000n,
};

function verifying({ gas, memory }: Host, { name, keyLength, verify, base, byte }: Scheme) {
  return (...[signatureLength, signatureAt, messageLength, messageAt, publicLength, publicAt]: Six): bigint => {
    gas.burn(base);
    const signature = memory.read(signatureAt, signatureLength);
    if (signature.length !== 64) throw hostFailure(`${name} signature verification error: invalid signature length`);
    const message = memory.read(messageAt, messageLength);
    gas.burn(byte * BigInt(message.length));
    const key = memory.read(publicAt, publicLength);
    if (key.length !== keyLength) throw hostFailure(`${name} signature verification error: invalid public key length`);
    return isValid(() => verify(signature, message, key)) ? 1n : 0n;
  };
}

/** The curves' code throws for a key or a signature that is not on the curve. */
function isValid(verify: () => boolean): boolean {
  try {
    return verify();
  } catch {
    return false;
  }
}
