import type { Block } from "../chain/block.ts";
import type { NodeView } from "../rpc/node.ts";
import type { RpcFailure } from "../rpc/rpc-failure.ts";
import { handlerFailure } from "../rpc/rpc-failure.ts";
import type { Account, State } from "../state/state.ts";
import { accountOf } from "../state/state.ts";

/** A query with the account and the block that it is about. */
export interface QueryPlace {
  readonly node: NodeView;
  readonly block: Block;
  readonly state: State;
  readonly accountId: string;
  readonly account: Account;
}

/** Returns the place of a query. Throws `RpcFailure` if there was no such account at that block. */
export function placeOf(node: NodeView, block: Block, accountId: string): QueryPlace {
  const state = node.chain.stateAt(block.height);
  const found = accountOf(state, accountId);
  if (found === undefined) throw queryFailure("UNKNOWN_ACCOUNT", block, { requested_account_id: accountId });
  return { node, block, state, accountId, account: found };
}

/** Returns the members that every answer to a query ends with. */
export function placeJson({ hash, height }: Block): { readonly block_height: number; readonly block_hash: string } {
  return { block_height: height, block_hash: hash };
}

/** Returns the failure of a query, which tells the block that it was about. */
export function queryFailure(cause: string, block: Block, info: Readonly<Record<string, unknown>>): RpcFailure {
  return handlerFailure(cause, { info: { ...info, ...placeJson(block) }, data: `${cause} at block ${block.height}` });
}
