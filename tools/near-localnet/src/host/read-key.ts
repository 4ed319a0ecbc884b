import { baseEncode } from "near-api-js";
import type { Permission } from "../transaction/action.ts";
import type { Host } from "./host.ts";
import { hostFailure } from "./host.ts";
import { readAccountId } from "./text.ts";

const CURVES: Readonly<Record<number, readonly [name: string, length: number]>> = {
  0: ["ed25519", 32],
  1: ["secp256k1", 64],
};

/** Reads a public key: a byte for the curve, and the key. Throws `VmFailure` if it is none. */
export function readPublicKey({ memory }: Host, length: bigint, at: bigint): string {
  const bytes = memory.read(at, length);
  const curve = CURVES[bytes[0] ?? -1];
  if (curve === undefined || bytes.length !== curve[1] + 1) {
    throw hostFailure("VM Logic provided an invalid public key");
  }
  return `${curve[0]}:${baseEncode(bytes.subarray(1))}`;
}

/** Where the permission of a key stands. */
export type PermissionArguments = readonly [
  allowanceAt: bigint,
  receiverLength: bigint,
  receiverAt: bigint,
  methodsLength: bigint,
  methodsAt: bigint,
];

/** Reads the permission of a key for calls. Throws `VmFailure` if it is none. */
export function readPermission(
  host: Host,
  [allowanceAt, receiverLength, receiverAt, methodsLength, methodsAt]: PermissionArguments,
): Permission {
  const allowance = host.memory.readU128(allowanceAt);
  const receiverId = readAccountId(host, receiverLength, receiverAt);
  const text = Buffer.from(host.memory.read(methodsAt, methodsLength)).toString();
  const methods = text === "" ? [] : text.split(",");
  if (methods.includes("")) throw hostFailure("VM Logic returned an invalid method name");
  return { kind: "call", allowance: allowance === 0n ? undefined : allowance, receiverId, methods };
}
