import * as v from "valibot";
import type { Progress } from "../chain/progress.ts";
import type { WaitLevel } from "../chain/progress.ts";
import { progressOf, WAIT_LEVELS } from "../chain/progress.ts";
import { InvalidTransaction } from "../receipts/invalid-transaction.ts";
import type { NodeView } from "../rpc/node.ts";
import { transactionJson } from "../rpc/outcome-json.ts";
import { parseBase64, parseParams } from "../rpc/params.ts";
import type { RpcFailure } from "../rpc/rpc-failure.ts";
import { handlerFailure, parseFailure, timeoutFailure } from "../rpc/rpc-failure.ts";
import { sizeExceeded } from "../runtime/check-form.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";
import { decodeTransaction } from "../transaction/decode-transaction.ts";

/** The level up to which a request waits. */
export const waitUntilSchema = v.optional(v.picklist(WAIT_LEVELS), "EXECUTED_OPTIMISTIC");

const paramsSchema = v.object({ signed_tx_base64: v.string(), wait_until: waitUntilSchema });

/** The method `send_tx`: takes a transaction and waits for it. */
export async function sendTx(node: NodeView, params: unknown): Promise<unknown> {
  const { signed_tx_base64: text, wait_until: level } = parseParams(paramsSchema, params);
  const transaction = decode(parseBase64(text));
  if (level === "NONE") {
    // Nobody is told: the network forgets an invalid transaction without a word.
    quietly(() => node.chain.submit(transaction));
    return { final_execution_status: "NONE" };
  }
  submit(node, transaction);
  const progress = await waitForLevel(node, transaction.hash, level);
  if (progress === undefined) throw timeoutFailure();
  return transactionJson(progress);
}

function decode(bytes: Uint8Array): DecodedTransaction {
  // Before it is decoded, which costs time by its size.
  const tooLarge = sizeExceeded(bytes.length);
  if (tooLarge !== undefined) throw invalidTransaction(tooLarge);
  try {
    return decodeTransaction(bytes);
  } catch (error) {
    throw parseFailure(
      `Failed parsing args: Failed to decode transaction: ${error instanceof Error ? error.message : ""}`,
    );
  }
}

function submit({ chain }: NodeView, transaction: DecodedTransaction): void {
  try {
    chain.submit(transaction);
  } catch (error) {
    throw error instanceof InvalidTransaction ? invalidTransaction(error.error) : error;
  }
}

function quietly(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof InvalidTransaction)) throw error;
  }
}

function invalidTransaction(error: unknown): RpcFailure {
  return handlerFailure("INVALID_TRANSACTION", { data: { TxExecutionError: { InvalidTxError: error } } });
}

/**
 * Waits until a transaction has reached a level for this node. Resolves to undefined if it did not.
 */
export async function waitForLevel(node: NodeView, hash: string, level: WaitLevel): Promise<Progress | undefined> {
  const { chain, pollingTimeout, producer } = node;
  const progress = (): Progress | undefined => progressOf(chain.archive, hash, node.head().height);
  const isKnown = (): boolean =>
    chain.archive.transaction(hash) !== undefined || chain.pool().some((waiting) => waiting.hash === hash);
  const hasReached = await producer.waitFor(
    { holds: () => progress()?.hasReached(level) === true, moves: isKnown },
    pollingTimeout,
  );
  return hasReached ? progress() : undefined;
}
