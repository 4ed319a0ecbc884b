import type { PromisedReceipt } from "../calls/call.ts";
import { hostFailure } from "./host.ts";

/** A promise: one receipt, or several that are waited for together. By indices of receipts. */
type PromiseNode =
  | { readonly kind: "receipt"; readonly receipt: number }
  | { readonly kind: "joint"; readonly receipts: readonly number[] };

/** A receipt and its index. */
interface IndexedReceipt {
  readonly index: number;
  readonly receipt: PromisedReceipt;
}

/** The promises of one call, and the receipts that they ask for. */
export interface PromiseGraph {
  readonly receipts: readonly PromisedReceipt[];
  /** Adds a promise of a receipt, and returns its index. */
  readonly addReceipt: (receiverId: string, after: readonly number[]) => bigint;
  /** Adds a promise that waits for others, and returns its index. */
  readonly join: (promises: readonly bigint[]) => bigint;
  /** Returns the indices of the receipts that a promise stands for. */
  readonly receiptsOf: (promise: bigint) => readonly number[];
  /** Returns the receipt of a promise. Throws `VmFailure` with `refusal` for a joint promise. */
  readonly receiptOf: (promise: bigint, refusal: string) => IndexedReceipt;
}

const MAX_PROMISES = 1_024;
const MAX_DEPENDENCIES = 128;

/** Creates the promises of a call: none. */
export function createPromiseGraph(): PromiseGraph {
  const promises: PromiseNode[] = [];
  const receipts: PromisedReceipt[] = [];
  const receiptsOf = (index: bigint): readonly number[] => {
    const promise = find(promises, index);
    return promise.kind === "receipt" ? [promise.receipt] : promise.receipts;
  };
  return {
    receipts,
    receiptsOf,
    addReceipt: (receiverId, after) => {
      receipts.push({ receiverId, after, actions: [] });
      return add(promises, { kind: "receipt", receipt: receipts.length - 1 });
    },
    join: (indices) => add(promises, { kind: "joint", receipts: checkDependencies(indices.flatMap(receiptsOf)) }),
    receiptOf: (index, refusal) => {
      const promise = find(promises, index);
      const receipt = promise.kind === "receipt" ? receipts[promise.receipt] : undefined;
      if (promise.kind !== "receipt" || receipt === undefined) throw hostFailure(refusal);
      return { index: promise.receipt, receipt };
    },
  };
}

function find(promises: readonly PromiseNode[], index: bigint): PromiseNode {
  const promise = index < BigInt(promises.length) ? promises[Number(index)] : undefined;
  if (promise === undefined) throw hostFailure(`${index} does not correspond to existing promises`);
  return promise;
}

function add(promises: PromiseNode[], promise: PromiseNode): bigint {
  promises.push(promise);
  const { length } = promises;
  if (length > MAX_PROMISES) {
    throw hostFailure(`The number of promises within a FunctionCall ${length} exceeds the limit ${MAX_PROMISES}`);
  }
  return BigInt(length - 1);
}

function checkDependencies(receipts: readonly number[]): readonly number[] {
  const { length } = receipts;
  if (length > MAX_DEPENDENCIES) {
    throw hostFailure(`The number of input data dependencies ${length} exceeds the limit ${MAX_DEPENDENCIES}`);
  }
  return receipts;
}
