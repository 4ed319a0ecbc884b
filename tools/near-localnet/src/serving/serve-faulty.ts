import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import type { NodeView } from "../rpc/node.ts";
import { headBehind } from "../rpc/node.ts";
import { RpcFailure, timeoutFailure } from "../rpc/rpc-failure.ts";
import type { Fault } from "./fault.ts";
import type { Reply } from "./reply.ts";
import { failureReply, htmlReply, jsonReply } from "./reply.ts";
import type { RpcRequest } from "./serve.ts";
import { serve } from "./serve.ts";

/** Serves a request with a fault, or does not serve it. */
export async function serveFaulty(node: NodeView, request: RpcRequest, fault: Fault): Promise<Reply> {
  switch (fault.kind) {
    case "delay":
      await sleep(fault.ms);
      return serve(node, request);
    case "lag":
      return serve({ ...node, head: () => headBehind(node.chain, fault.blocks) }, request);
    case "lie":
      return forged(await serve(node, request), fault.forge);
    default:
      if (fault.isServed === true) await serve(node, request);
      return replyInstead(request, fault);
  }
}

function replyInstead({ id }: RpcRequest, fault: Extract<Fault, { readonly isServed?: boolean }>): Reply {
  switch (fault.kind) {
    case "drop":
      return { kind: "drop" };
    case "http":
      return httpReply(fault);
    case "timeout":
      return failureReply(id, timeoutFailure(fault.status));
    case "error":
      return failureReply(id, new RpcFailure(fault.error, fault.status ?? 200));
  }
}

function httpReply({ body, headers, status }: Extract<Fault, { kind: "http" }>): Reply {
  const html = `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center></body></html>`;
  const reply = htmlReply(status, body ?? html);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

const answerSchema = v.object({ id: v.unknown(), result: v.optional(v.unknown()) });

/** An answer to an error has no result. What `forge` makes of that stands in place of the error. */
function forged(reply: Reply, forge: (result: unknown) => unknown): Reply {
  if (reply.kind === "drop") return reply;
  const { id, result } = v.parse(answerSchema, JSON.parse(reply.body));
  return jsonReply(200, { jsonrpc: "2.0", result: forge(result), id });
}
