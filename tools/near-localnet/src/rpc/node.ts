import type { Block } from "../chain/block.ts";
import type { Chain } from "../chain/chain.ts";
import type { Producer } from "../chain/producer.ts";

/** What a method of a node works on. */
export interface NodeView {
  readonly chain: Chain;
  readonly producer: Producer;
  /** Returns the newest block that this node knows. A lagging one knows fewer than there are. */
  readonly head: () => Block;
  /** Milliseconds that a node waits before it answers `TIMEOUT_ERROR`. */
  readonly pollingTimeout: number;
  /** Whether failed views are answered in the way of older nodes, as a result with `error`. */
  readonly legacyQueryErrors: boolean;
}

/** A method of a node. Throws `RpcFailure`. */
export type Method = (node: NodeView, params: unknown) => unknown;

/** Returns `chain`'s view from a node that is `lag` blocks behind. */
export function headBehind({ archive, head }: Chain, lag: number): Block {
  return archive.blockAt(Math.max(1, head().height - lag)) ?? head();
}
