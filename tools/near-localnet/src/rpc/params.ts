import * as v from "valibot";
import type { Block } from "../chain/block.ts";
import { finalHeight } from "../chain/progress.ts";
import type { NodeView } from "./node.ts";
import { handlerFailure, parseFailure } from "./rpc-failure.ts";

/** Names a block: by finality, by its height or by its hash. */
export const blockReferenceSchema = v.union([
  v.object({ block_id: v.union([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), v.string()]) }),
  v.object({ finality: v.picklist(["optimistic", "near-final", "final"]) }),
  v.object({ sync_checkpoint: v.picklist(["genesis", "earliest_available"]) }),
]);

type BlockReference = v.InferOutput<typeof blockReferenceSchema>;

/** Parses the parameters of a method. Throws `RpcFailure`. */
export function parseParams<Schema extends v.GenericSchema>(schema: Schema, params: unknown): v.InferOutput<Schema> {
  const result = v.safeParse(schema, params);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw parseFailure(`Failed parsing args: ${path === null ? "" : `${path}: `}${issue.message}`);
}

/** Returns bytes that a parameter gives in base64. Throws `RpcFailure`. */
export function parseBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw parseFailure("Failed parsing args: invalid base64");
  return bytes;
}

/** Returns the block that `reference` names for this node. Throws `RpcFailure`. */
export function findBlock(node: NodeView, reference: BlockReference): Block {
  const { archive } = node.chain;
  const block = archive.blockAt(heightOf(node, reference) ?? -1);
  if (block !== undefined) return block;
  const id = "block_id" in reference ? reference.block_id : "";
  const data =
    typeof id === "number"
      ? `DB Not Found Error: BLOCK HEIGHT: ${id} \n Cause: Unknown`
      : `DB Not Found Error: BLOCK HEADER: ${id}`;
  // A height that the chain has passed is gone for good, and says so.
  const httpStatus = typeof id === "number" && id < node.head().height ? 422 : 200;
  throw handlerFailure("UNKNOWN_BLOCK", { info: { block_reference: reference }, data, httpStatus });
}

function heightOf(node: NodeView, reference: BlockReference): number | undefined {
  const head = node.head().height;
  if ("sync_checkpoint" in reference) return 1;
  if ("finality" in reference)
    return { optimistic: head, "near-final": Math.max(1, head - 1), final: finalHeight(head) }[reference.finality];
  const { block_id: id } = reference;
  const height = typeof id === "number" ? id : node.chain.archive.blockByHash(id)?.height;
  return height === undefined || height > head ? undefined : height;
}
