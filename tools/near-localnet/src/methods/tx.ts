import * as v from "valibot";
import type { Progress } from "../chain/progress.ts";
import { progressOf } from "../chain/progress.ts";
import type { ActionReceipt } from "../receipts/receipt.ts";
import type { NodeView } from "../rpc/node.ts";
import { transactionJson } from "../rpc/outcome-json.ts";
import { parseBase64, parseParams } from "../rpc/params.ts";
import { handlerFailure, parseFailure, timeoutFailure } from "../rpc/rpc-failure.ts";
import { actionJson } from "../transaction/action-json.ts";
import { decodeTransaction } from "../transaction/decode-transaction.ts";
import { waitForLevel, waitUntilSchema } from "./send-tx.ts";

const paramsSchema = v.union([
  v.object({ tx_hash: v.string(), sender_account_id: v.string(), wait_until: waitUntilSchema }),
  v.object({ signed_tx_base64: v.string(), wait_until: waitUntilSchema }),
]);

/** The method `tx`: tells how far a transaction has come, and waits for it. */
export async function tx(node: NodeView, params: unknown): Promise<unknown> {
  return transactionJson(await awaited(node, params));
}

/** The method `EXPERIMENTAL_tx_status`: the same, with the receipts themselves. */
export async function txStatus(node: NodeView, params: unknown): Promise<unknown> {
  const progress = await awaited(node, params);
  const receipts = progress.receipts.flatMap(({ outcome }) => receiptOf(node, outcome.id) ?? []);
  return Object.assign({}, transactionJson(progress), { receipts });
}

async function awaited(node: NodeView, params: unknown): Promise<Progress> {
  const parsed = parseParams(paramsSchema, params);
  const hash = "tx_hash" in parsed ? parsed.tx_hash : hashOf(parsed.signed_tx_base64);
  if (parsed.wait_until === "NONE") {
    const progress = progressOf(node.chain.archive, hash, node.head().height);
    if (progress === undefined) {
      const data = `Transaction ${hash} doesn't exist`;
      throw handlerFailure("UNKNOWN_TRANSACTION", { info: { requested_transaction_hash: hash }, data });
    }
    return progress;
  }
  // An unknown transaction may still come, so a node waits for it like for any other.
  const progress = await waitForLevel(node, hash, parsed.wait_until);
  if (progress === undefined) throw timeoutFailure();
  return progress;
}

function hashOf(text: string): string {
  try {
    return decodeTransaction(parseBase64(text)).hash;
  } catch {
    throw parseFailure("Failed parsing args: Failed to decode transaction");
  }
}

const receiptSchema = v.object({ receipt_id: v.string() });

/** The method `EXPERIMENTAL_receipt`: shows a receipt. */
export function receipt(node: NodeView, params: unknown): unknown {
  const { receipt_id: id } = parseParams(receiptSchema, params);
  const found = receiptOf(node, id);
  if (found === undefined) throw handlerFailure("UNKNOWN_RECEIPT", { info: { receipt_id: id } });
  return found;
}

function receiptOf({ chain, head }: NodeView, id: string): unknown {
  const found = chain.archive.receipt(id);
  const outcome = chain.archive.outcome(id);
  if (found?.kind !== "actions" || outcome === undefined || outcome.block.height > head().height) return undefined;
  return {
    predecessor_id: found.predecessorId,
    receiver_id: found.receiverId,
    receipt_id: found.id,
    receipt: { Action: actionReceiptJson(found) },
  };
}

function actionReceiptJson(found: ActionReceipt): unknown {
  return {
    signer_id: found.signerId,
    signer_public_key: found.signerPublicKey,
    gas_price: `${found.gasPrice}`,
    output_data_receivers: found.outputs.map(({ dataId, receiverId }) => ({
      data_id: dataId,
      receiver_id: receiverId,
    })),
    input_data_ids: found.inputs,
    actions: found.actions.map(actionJson),
    is_promise_yield: false,
  };
}
