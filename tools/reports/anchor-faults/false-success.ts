import type { NearProvider } from "@etrap/anchor-near";
import { sha256 } from "@noble/hashes/sha2.js";
import { baseEncode } from "near-api-js";

/** The bytes of a signature behind a signed transaction: its kind and 64 bytes. */
const SIGNATURE_BYTES = 65;

/**
 * Returns a way to a node that executes nothing: it answers each transaction as if all its batches
 * had been minted, and each question about one as if it were final. `isActive` decides for each
 * call.
 */
export function lieAboutSuccess(node: NearProvider, isActive: () => boolean): NearProvider {
  const answers = new Map<string, unknown>();
  return {
    name: node.name,
    async call(method, params, signal) {
      if (method === "tx")
        return answers.get((params as { tx_hash: string }).tx_hash) ?? node.call(method, params, signal);
      if (method !== "send_tx" || !isActive()) return node.call(method, params, signal);
      const bytes = Buffer.from((params as { signed_tx_base64: string }).signed_tx_base64, "base64");
      const hash = baseEncode(sha256(bytes.subarray(0, bytes.length - SIGNATURE_BYTES)));
      const answer = successOf(hash, bytes.toString("latin1"));
      answers.set(hash, answer);
      return answer;
    },
  };
}

function successOf(hash: string, transaction: string): unknown {
  const contract = /notary\.acme\.near/.exec(transaction)?.[0] ?? "";
  const batches = argumentsIn(transaction);
  const tokens = batches.map((batch) => tokenOf(batch));
  const ids = tokens.map(({ token_id }) => token_id);
  const event = { standard: "nep171", version: "1.2.0", event: "nft_mint", data: [{ owner_id: "x", token_ids: ids }] };
  const value = JSON.stringify(transaction.includes("mint_batches") ? tokens : tokens[0]);
  return {
    final_execution_status: "FINAL",
    status: { SuccessValue: "" },
    transaction: { hash },
    transaction_outcome: { id: hash, outcome: { executor_id: "agent", logs: [], status: { SuccessReceiptId: "r" } } },
    receipts_outcome: [
      {
        id: "r",
        outcome: {
          executor_id: contract,
          logs: [`EVENT_JSON:${JSON.stringify(event)}`],
          status: { SuccessValue: Buffer.from(value).toString("base64") },
        },
      },
    ],
  };
}

interface MintArguments {
  readonly token_id: string;
  readonly token_metadata: object;
  readonly batch_summary: object;
}

/** The arguments are JSON text within the transaction. */
function argumentsIn(transaction: string): MintArguments[] {
  const text = /\{.*\}/s.exec(transaction)?.[0] ?? "{}";
  const given = JSON.parse(text) as MintArguments | { batches: MintArguments[] };
  return "batches" in given ? given.batches : [given];
}

function tokenOf({ token_id, token_metadata, batch_summary }: MintArguments): {
  readonly token_id: string;
  readonly [member: string]: unknown;
} {
  const place = { superseded: false, block_height: 7, block_time: "1749855200000000000" };
  return { token_id, owner_id: "owner.near", batch_summary, ...place, metadata: token_metadata };
}
