import type { PromiseResult } from "../calls/call.ts";
import type { ActionReceipt, DataReceipt, Receipt } from "../receipts/receipt.ts";

/** A receipt that may run, with the results that it waited for. */
export interface ReadyReceipt {
  readonly receipt: ActionReceipt;
  readonly promiseResults: readonly PromiseResult[];
}

/** Receipts on their way. Those that wait for results are kept until the last one is there. */
export interface ReceiptQueue {
  /** Adds receipts for the next block. */
  readonly add: (receipts: readonly Receipt[]) => void;
  /** Takes the receipts that may run in this block, in the order in which they came. */
  readonly take: () => ReadyReceipt[];
  readonly isEmpty: () => boolean;
}

/** Creates an empty queue. */
export function createReceiptQueue(): ReceiptQueue {
  let incoming: Receipt[] = [];
  const results = new Map<string, PromiseResult>();
  const waiting = new Map<string, ActionReceipt>();

  const readyOf = (receipt: ActionReceipt): ReadyReceipt[] => {
    const promiseResults = receipt.inputs.flatMap((dataId) => results.get(dataId) ?? []);
    if (promiseResults.length < receipt.inputs.length) {
      for (const dataId of receipt.inputs) waiting.set(dataId, receipt);
      return [];
    }
    for (const dataId of receipt.inputs) {
      results.delete(dataId);
      waiting.delete(dataId);
    }
    return [{ receipt, promiseResults }];
  };
  const arrive = ({ dataId, value }: DataReceipt): ReadyReceipt[] => {
    results.set(dataId, value === undefined ? { kind: "failed" } : { kind: "value", value });
    const receipt = waiting.get(dataId);
    return receipt === undefined ? [] : readyOf(receipt);
  };
  return {
    add: (receipts) => {
      incoming.push(...receipts);
    },
    take: () => {
      const arrived = incoming;
      incoming = [];
      return arrived.flatMap((receipt) => (receipt.kind === "data" ? arrive(receipt) : readyOf(receipt)));
    },
    isEmpty: () => incoming.length === 0,
  };
}
