import { baseEncode } from "near-api-js";
import type { ArchivedOutcome } from "../chain/archive.ts";
import type { Progress } from "../chain/progress.ts";
import type { OutcomeStatus } from "../receipts/outcome.ts";
import { actionJson } from "../transaction/action-json.ts";
import type { DecodedTransaction } from "../transaction/decode-transaction.ts";

/** Returns the answer to `tx` and `send_tx`. A transaction that has not run has only its level. */
export function transactionJson(progress: Progress): unknown {
  const { archived, level, own, receipts } = progress;
  if (!progress.hasReached("EXECUTED_OPTIMISTIC")) return { final_execution_status: level };
  return {
    final_execution_status: level,
    status: finalStatus(progress),
    transaction: signedJson(archived.transaction),
    transaction_outcome: outcomeJson(own),
    receipts_outcome: receipts.map(outcomeJson),
  };
}

/** Follows the receipts that return a promise to the one that returns a value, or fails. */
function finalStatus({ own, receipts }: Progress): unknown {
  let found: ArchivedOutcome | undefined = own;
  while (found !== undefined && found.outcome.status.kind === "receipt") {
    const next: string = found.outcome.status.receiptId;
    found = receipts.find(({ outcome }) => outcome.id === next);
  }
  return found === undefined ? "Started" : statusJson(found.outcome.status);
}

function signedJson(transaction: DecodedTransaction): unknown {
  const { actions, hash, nonce, publicKey, receiverId, signature, signerId } = transaction;
  return {
    signer_id: signerId,
    public_key: publicKey,
    nonce: Number(nonce),
    receiver_id: receiverId,
    actions: actions.map(actionJson),
    priority_fee: 0,
    signature,
    hash,
  };
}

function outcomeJson({ block, outcome, path }: ArchivedOutcome): unknown {
  const { executorId, gasBurnt, id, logs, receiptIds, status, tokensBurnt } = outcome;
  return {
    id,
    block_hash: block.hash,
    proof: path.map(({ hash, direction }) => ({ hash: baseEncode(hash), direction })),
    outcome: {
      logs,
      receipt_ids: receiptIds,
      gas_burnt: Number(gasBurnt),
      tokens_burnt: `${tokensBurnt}`,
      executor_id: executorId,
      status: statusJson(status),
      metadata: { version: 1, gas_profile: null },
    },
  };
}

function statusJson(status: OutcomeStatus): unknown {
  switch (status.kind) {
    case "value":
      return { SuccessValue: Buffer.from(status.value).toString("base64") };
    case "receipt":
      return { SuccessReceiptId: status.receiptId };
    case "failure":
      return { Failure: status.error };
  }
}
