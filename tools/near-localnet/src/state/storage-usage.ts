import type { AccessKey } from "../transaction/action.ts";
import type { Account } from "./state.ts";

/** YoctoNEAR that an account must hold for every byte that it takes. */
export const YOCTO_PER_BYTE: bigint = 10n ** 19n;

/** Bytes of an account without keys, code and records. */
export const ACCOUNT_BYTES = 100;

const RECORD_BYTES = 40;
/** Up to this many bytes, an account may hold nothing (NEP-448). */
const FREE_BYTES = 770;

/** Returns the bytes that an access key takes. */
export function accessKeyBytes(publicKey: string, { permission }: AccessKey): number {
  const keyBytes = publicKey.startsWith("secp256k1:") ? 65 : 33;
  return keyBytes + 8 + permissionBytes(permission) + RECORD_BYTES;
}

function permissionBytes(permission: AccessKey["permission"]): number {
  if (permission.kind === "full") return 1;
  const { allowance, receiverId, methods } = permission;
  const names = methods.reduce((sum, name) => sum + 4 + Buffer.byteLength(name), 0);
  return 1 + (allowance === undefined ? 1 : 17) + 4 + receiverId.length + 4 + names;
}

/** Returns what `account` lacks for the bytes that it takes: 0 if it holds enough. */
export function lackingFor({ balance, storageUsage }: Account): bigint {
  const needed = storageUsage <= FREE_BYTES ? 0n : BigInt(storageUsage) * YOCTO_PER_BYTE;
  return needed > balance ? needed - balance : 0n;
}
