import { isImplicit } from "./account-id.ts";
import type { Action } from "./action.ts";

/**
 * Gas of actions: what sending one burns, to the sender itself or to another account, and what
 * executing it burns. Protocol 88, `runtime_configs/parameters.yaml` of nearcore.
 */
interface Fee {
  readonly sendToSelf: bigint;
  readonly send: bigint;
  readonly execute: bigint;
}

const fee = (sendToSelf: bigint, send: bigint, execute: bigint): Fee => ({ sendToSelf, send, execute });
const evenFee = (gas: bigint): Fee => fee(gas, gas, gas);

const RECEIPT = evenFee(108_059_500_000n);
const DATA = evenFee(36_486_732_312n);
const DATA_BYTE = fee(17_212_011n, 47_683_715n, 17_212_011n);
const CREATE_ACCOUNT = fee(500_000_000_000n, 500_000_000_000n, 7_200_000_000_000n);
const DEPLOY = evenFee(184_765_750_000n);
const DEPLOY_BYTE = fee(6_812_999n, 47_683_715n, 64_572_944n);
const CALL = fee(200_000_000_000n, 200_000_000_000n, 780_000_000_000n);
const CALL_BYTE = fee(2_235_934n, 47_683_715n, 2_235_934n);
const TRANSFER = evenFee(115_123_062_500n);
const STAKE = fee(141_715_687_500n, 141_715_687_500n, 102_217_625_000n);
const ADD_FULL_KEY = evenFee(101_765_125_000n);
const ADD_CALL_KEY = evenFee(102_217_625_000n);
const ADD_CALL_KEY_BYTE = fee(1_925_331n, 47_683_715n, 1_925_331n);
const DELETE_KEY = evenFee(94_946_625_000n);
const DELETE_ACCOUNT = evenFee(147_489_000_000n);

/**
 * Gas that is burnt at once where a receipt or an action is made, and gas kept for its execution.
 */
export interface Gas {
  readonly send: bigint;
  readonly execute: bigint;
}

const gasOf = (fees: Fee, toSelf: boolean): Gas => ({
  send: toSelf ? fees.sendToSelf : fees.send,
  execute: fees.execute,
});

const times = ({ sendToSelf, send, execute }: Fee, count: number): Fee =>
  fee(sendToSelf * BigInt(count), send * BigInt(count), execute * BigInt(count));

const plus = (a: Fee, b: Fee): Fee => fee(a.sendToSelf + b.sendToSelf, a.send + b.send, a.execute + b.execute);

/** Returns the gas of a receipt, without its actions. */
export function receiptGas(toSelf: boolean): Gas {
  return gasOf(RECEIPT, toSelf);
}

/**
 * Returns the gas of handing a result on to a receipt that waits for it. All of it is burnt at
 * once.
 */
export function dataGas(toSelf: boolean): bigint {
  const { send, execute } = gasOf(DATA, toSelf);
  return send + execute;
}

/** Returns the gas of `count` bytes of a result that is handed on. All of it is burnt at once. */
export function dataByteGas(count: number, toSelf: boolean): bigint {
  const { send, execute } = gasOf(times(DATA_BYTE, count), toSelf);
  return send + execute;
}

/** Returns the gas of an action, without the gas that it attaches to a call. */
export function actionGas(action: Action, receiverId: string, toSelf: boolean): Gas {
  return gasOf(feeOf(action, receiverId), toSelf);
}

function feeOf(action: Action, receiverId: string): Fee {
  switch (action.kind) {
    case "create-account":
      return CREATE_ACCOUNT;
    case "deploy":
      return plus(DEPLOY, times(DEPLOY_BYTE, action.code.length));
    case "call":
      return plus(CALL, times(CALL_BYTE, Buffer.byteLength(action.method) + action.args.length));
    case "transfer":
      return isImplicit(receiverId) ? plus(TRANSFER, plus(CREATE_ACCOUNT, ADD_FULL_KEY)) : TRANSFER;
    case "stake":
      return STAKE;
    case "add-key":
      return addKeyFee(action.accessKey.permission.kind === "full" ? undefined : action.accessKey.permission.methods);
    case "delete-key":
      return DELETE_KEY;
    case "delete-account":
      return DELETE_ACCOUNT;
    case "unsupported":
      return fee(0n, 0n, 0n);
  }
}

function addKeyFee(methods: readonly string[] | undefined): Fee {
  if (methods === undefined) return ADD_FULL_KEY;
  const bytes = methods.reduce((sum, name) => sum + Buffer.byteLength(name) + 1, 0);
  return plus(ADD_CALL_KEY, times(ADD_CALL_KEY_BYTE, bytes));
}

/** Returns the sum of the gas of a receipt with `actions`. */
export function sumOfFees(actions: readonly Action[], receiverId: string, toSelf: boolean): Gas {
  return actions
    .map((action) => actionGas(action, receiverId, toSelf))
    .reduce(
      (sum, { send, execute }) => ({ send: sum.send + send, execute: sum.execute + execute }),
      receiptGas(toSelf),
    );
}
