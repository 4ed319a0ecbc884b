import type { OutcomeStatus } from "../receipts/outcome.ts";
import { PURCHASE_PRICE } from "../receipts/outcome.ts";
import type { ReceiptRun } from "../receipts/receipt-run.ts";
import type { ActionReceipt, DataOutput, DataReceipt, IdMaker } from "../receipts/receipt.ts";

/** Returns the receipts that the calls of a receipt asked for, in their order. */
export function produceReceipts({ promises, receipt, returned }: ReceiptRun, nextId: IdMaker): ActionReceipt[] {
  const edges = promises.map(({ after, receiverId }) =>
    after.map((index) => ({ from: index, dataId: nextId(), receiverId })),
  );
  return promises.map(({ actions, receiverId }, index) => ({
    kind: "actions",
    id: nextId(),
    predecessorId: receipt.receiverId,
    receiverId,
    signerId: receipt.signerId,
    signerPublicKey: receipt.signerPublicKey,
    gasPrice: receipt.gasPrice === 0n ? PURCHASE_PRICE : receipt.gasPrice,
    actions,
    inputs: (edges[index] ?? []).map(({ dataId }) => dataId),
    outputs: [
      ...edges.flat().filter(({ from }) => from === index),
      // Whoever waits for this receipt waits for the promise that it returned instead.
      ...(returned.kind === "promise" && returned.index === index ? receipt.outputs : []),
    ].map(({ dataId, receiverId: to }): DataOutput => ({ dataId, receiverId: to })),
  }));
}

/** Returns the receipts that hand the result of `receipt` on to those that wait for it. */
export function produceData(receipt: ActionReceipt, status: OutcomeStatus, nextId: IdMaker): DataReceipt[] {
  const value = status.kind === "value" ? status.value : undefined;
  return receipt.outputs.map(({ dataId, receiverId }) => ({
    kind: "data",
    id: nextId(),
    predecessorId: receipt.receiverId,
    receiverId,
    dataId,
    value,
  }));
}
