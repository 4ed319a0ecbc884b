import type { NodeView } from "../rpc/node.ts";
import { RpcFailure } from "../rpc/rpc-failure.ts";
import type { Fault, FaultPlan } from "./fault.ts";
import type { Reply } from "./reply.ts";
import { failureReply } from "./reply.ts";
import { serveFaulty } from "./serve-faulty.ts";
import type { RpcRequest } from "./serve.ts";
import { parseRequest, serve } from "./serve.ts";

/** Returns the answer to the body of a request. */
export type Answerer = (body: string) => Promise<Reply>;

/**
 * Creates the answerer of a node, which counts its requests. `plan` is asked for every one of them.
 */
export function createAnswerer(node: NodeView, plan: () => FaultPlan | undefined): Answerer {
  const counts = new Map<string, number>();
  const faultOf = ({ method, params }: RpcRequest): Fault | undefined => {
    const nth = (counts.get(method) ?? 0) + 1;
    counts.set(method, nth);
    return plan()?.({ method, params, nth });
  };
  return async (body) => {
    const request = parsed(body);
    if (request instanceof RpcFailure) return failureReply(null, request);
    const fault = faultOf(request);
    return fault === undefined ? serve(node, request) : serveFaulty(node, request, fault);
  };
}

function parsed(body: string): RpcRequest | RpcFailure {
  try {
    return parseRequest(body);
  } catch (error) {
    if (error instanceof RpcFailure) return error;
    throw error;
  }
}
