import * as v from "valibot";
import type { NearProvider } from "../rpc/near-provider.ts";
import { RpcFailure } from "../rpc/rpc-failure.ts";

/** A view of a contract. */
export interface ViewCall {
  readonly contractId: string;
  readonly method: string;
  readonly args: object;
}

/** The answer to a view at a final block. */
export interface ViewAnswer {
  /** The value as JSON text: equal values of one contract have equal texts. */
  readonly json: string;
  readonly blockHeight: number;
}

const answerSchema = v.union([
  v.object({ error: v.string() }),
  v.object({ result: v.array(v.number()), block_height: v.number() }),
]);

/** Asks a contract at the newest final block of a node. Rejects with an `RpcFailure`. */
export async function view(
  node: NearProvider,
  { contractId, method, args }: ViewCall,
  signal?: AbortSignal,
): Promise<ViewAnswer> {
  const params = {
    request_type: "call_function",
    finality: "final",
    account_id: contractId,
    method_name: method,
    args_base64: base64OfText(JSON.stringify(args)),
  };
  const answer = v.safeParse(answerSchema, await node.call("query", params, signal));
  if (!answer.success) throw new RpcFailure(`${node.name}: an answer that is not a node's`, { kind: "bad-answer" });
  // Older nodes answer a failed view with a result.
  if ("error" in answer.output) {
    const detail = { message: answer.output.error };
    throw new RpcFailure(`${node.name}: CONTRACT_EXECUTION_ERROR`, {
      kind: "refused",
      causeName: "CONTRACT_EXECUTION_ERROR",
      detail,
    });
  }
  const { result, block_height: blockHeight } = answer.output;
  return { json: new TextDecoder().decode(Uint8Array.from(result)), blockHeight };
}

function base64OfText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
