import type { Action } from "../transaction/action.ts";
import { addAction, callAction, spend } from "./add-action.ts";
import type { Host, HostFunctions } from "./host.ts";
import type { PermissionArguments } from "./read-key.ts";
import { readPermission, readPublicKey } from "./read-key.ts";
import { readAccountId } from "./text.ts";

type Three = readonly [bigint, bigint, bigint];
type Call7 = readonly [bigint, bigint, bigint, bigint, bigint, bigint, bigint];

/** Returns the functions that add an action to the receipt of a promise. */
export function promiseActionFunctions(host: Host): HostFunctions {
  const { memory } = host;
  const name = (suffix: string): string => `promise_batch_action_${suffix}`;
  const add = (suffix: string, promise: bigint, read: () => Action): void =>
    addAction(host, promise, { name: name(suffix), read });
  return {
    [name("create_account")]: (promise: bigint) => add("create_account", promise, () => ({ kind: "create-account" })),
    [name("deploy_contract")]: (promise: bigint, length: bigint, at: bigint) =>
      add("deploy_contract", promise, () => ({ kind: "deploy", code: memory.read(at, length) })),
    [name("function_call")]: (...[promise, ...rest]: Call7) => callAction(host, promise, [...rest, 0n]),
    [name("function_call_weight")]: (...[promise, ...rest]: readonly [...Call7, bigint]) =>
      callAction(host, promise, rest),
    [name("transfer")]: (promise: bigint, at: bigint) =>
      add("transfer", promise, () => ({ kind: "transfer", deposit: spend(host, memory.readU128(at)) })),
    [name("stake")]: (...[promise, amountAt, length, at]: readonly [bigint, ...Three]) =>
      add("stake", promise, () => ({
        kind: "stake",
        stake: memory.readU128(amountAt),
        publicKey: readPublicKey(host, length, at),
      })),
    [name("add_key_with_full_access")]: (...[promise, length, at, nonce]: readonly [bigint, ...Three]) =>
      add("add_key_with_full_access", promise, () => ({
        kind: "add-key",
        publicKey: readPublicKey(host, length, at),
        accessKey: { nonce, permission: { kind: "full" } },
      })),
    [name("add_key_with_function_call")]: (
      ...[promise, length, at, nonce, ...rest]: readonly [...Three, bigint, ...PermissionArguments]
    ) =>
      add("add_key_with_function_call", promise, () => ({
        kind: "add-key",
        publicKey: readPublicKey(host, length, at),
        accessKey: { nonce, permission: readPermission(host, rest) },
      })),
    [name("delete_key")]: (promise: bigint, length: bigint, at: bigint) =>
      add("delete_key", promise, () => ({ kind: "delete-key", publicKey: readPublicKey(host, length, at) })),
    [name("delete_account")]: (promise: bigint, length: bigint, at: bigint) =>
      add("delete_account", promise, () => ({
        kind: "delete-account",
        beneficiaryId: readAccountId(host, length, at),
      })),
  };
}
