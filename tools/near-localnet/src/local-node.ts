import type { Chain } from "./chain/chain.ts";
import type { Producer } from "./chain/producer.ts";
import { renderPage } from "./page/render-page.ts";
import { headBehind } from "./rpc/node.ts";
import { createAnswerer } from "./serving/answer.ts";
import type { FaultPlan } from "./serving/fault.ts";
import { startServer } from "./serving/server.ts";

/** Options of a node. */
export interface NodeOptions {
  /** What goes wrong with its requests. Nothing unless said otherwise. */
  readonly fault?: FaultPlan;
  /** How many blocks it is behind: 0 unless said otherwise. */
  readonly lag?: number;
  /** The port on the loopback interface: a free one unless said otherwise. */
  readonly port?: number;
  /** Milliseconds that it waits for a transaction before it answers `TIMEOUT_ERROR`: 10,000. */
  readonly pollingTimeout?: number;
  /**
   * Whether it answers failed views as older nodes do, by a result with `error`. Not so usually.
   */
  readonly legacyQueryErrors?: boolean;
}

/** A node of a localnet. */
export interface LocalnetNode {
  readonly url: string;
  readonly setFault: (fault: FaultPlan | undefined) => void;
  /** Sets how many blocks the node is behind. */
  readonly setLag: (blocks: number) => void;
  readonly close: () => Promise<void>;
}

/** A chain, and what makes its blocks. */
export interface ChainParts {
  readonly chain: Chain;
  readonly producer: Producer;
}

/** Starts a node of `chain`. */
export async function startNode({ chain, producer }: ChainParts, options: NodeOptions): Promise<LocalnetNode> {
  const { legacyQueryErrors = false, pollingTimeout = 10_000, port = 0 } = options;
  let { fault, lag = 0 } = options;
  const head = () => headBehind(chain, lag);
  const node = { chain, producer, head, pollingTimeout, legacyQueryErrors };
  const server = await startServer({
    answerer: createAnswerer(node, () => fault),
    page: () => renderPage(chain),
    port,
  });
  return {
    url: server.url,
    setFault: (next) => {
      fault = next;
    },
    setLag: (blocks) => {
      lag = blocks;
    },
    close: server.close,
  };
}
