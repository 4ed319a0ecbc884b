import * as v from "valibot";
import { METHODS } from "../methods/methods.ts";
import type { NodeView } from "../rpc/node.ts";
import { internalFailure, methodNotFound, parseFailure, RpcFailure } from "../rpc/rpc-failure.ts";
import type { Reply } from "./reply.ts";
import { failureReply, jsonReply } from "./reply.ts";

const requestSchema = v.object({
  jsonrpc: v.literal("2.0"),
  id: v.union([v.string(), v.number(), v.null()]),
  method: v.string(),
  params: v.optional(v.unknown()),
});

/** A JSON-RPC request. */
export type RpcRequest = v.InferOutput<typeof requestSchema>;

/** Parses the body of a request. Throws `RpcFailure`. */
export function parseRequest(body: string): RpcRequest {
  const result = v.safeParse(requestSchema, parseJson(body));
  if (!result.success) throw parseFailure("JSON RPC Request format was expected");
  return result.output;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw parseFailure("the request is no JSON");
  }
}

/** Serves a request. A failure is an answer too. */
export async function serve(node: NodeView, { id, method, params }: RpcRequest): Promise<Reply> {
  try {
    const run = METHODS.get(method);
    if (run === undefined) throw methodNotFound(method);
    return jsonReply(200, { jsonrpc: "2.0", result: await run(node, params), id });
  } catch (error) {
    return failureReply(id, error instanceof RpcFailure ? error : internalFailure(String(error)));
  }
}
