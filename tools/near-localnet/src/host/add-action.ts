import type { Action } from "../transaction/action.ts";
import { actionGas } from "../transaction/fees.ts";
import { COST } from "./costs.ts";
import type { Host } from "./host.ts";
import { hostFailure, refuseInView } from "./host.ts";

const JOINT = "Actions can only be appended to non-joint promise.";

/** An action that a contract asks for. */
export interface NewAction {
  readonly name: string;
  readonly read: () => Action;
  /** The share of the gas that is left at the end. */
  readonly weight?: bigint;
}

/** Adds an action to the receipt of a promise, and burns and sets aside its gas. */
export function addAction(
  { call, gas, gasShares, promises }: Host,
  promise: bigint,
  { name, read, weight = 0n }: NewAction,
): void {
  gas.burn(COST.base);
  refuseInView(call, name);
  const action = read();
  const { receipt } = promises.receiptOf(promise, JOINT);
  const { send, execute } = actionGas(action, receipt.receiverId, receipt.receiverId === call.currentAccountId);
  gas.burn(send);
  gas.keep(execute);
  if (action.kind === "call") gas.keep(action.gas);
  receipt.actions.push(action);
  gasShares.add(receipt, weight);
}

/** Takes an amount from what the account has. Throws `VmFailure` if it has less. */
export function spend({ result }: Host, amount: bigint): bigint {
  if (amount > result.balance) throw hostFailure("Exceeded the account balance.");
  result.balance -= amount;
  return amount;
}

/** The arguments of `promise_batch_action_function_call_weight` behind the promise. */
export type CallArguments = readonly [
  methodLength: bigint,
  methodAt: bigint,
  length: bigint,
  at: bigint,
  amountAt: bigint,
  gas: bigint,
  weight: bigint,
];

/** Adds the call of a method. */
export function callAction(host: Host, promise: bigint, args: CallArguments): void {
  const [methodLength, methodAt, length, at, amountAt, gas, weight] = args;
  const { memory } = host;
  const read = (): Action => {
    const deposit = memory.readU128(amountAt);
    const method = Buffer.from(memory.read(methodAt, methodLength)).toString();
    if (method === "") throw hostFailure("Tried to call an empty method name.");
    return { kind: "call", method, args: memory.read(at, length), gas, deposit: spend(host, deposit) };
  };
  addAction(host, promise, { name: "promise_batch_action_function_call", read, weight });
}
