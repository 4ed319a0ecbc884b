import type { ObjectStore } from "@etrap/ledger";
import type { AnchorPolicy } from "../options/anchor-policy.ts";
import type { Anchor } from "../ports.ts";
import type { RetryContext } from "../wait/retry-context.ts";
import type { AnchorQueue } from "./anchor-queue.ts";
import type { Heads } from "./heads.ts";

/** The ports, options and state of the anchoring loop. */
export interface AnchorContext extends Omit<RetryContext, "random"> {
  readonly store: ObjectStore;
  readonly anchor: Anchor;
  readonly heads: Heads;
  readonly queue: AnchorQueue;
  readonly anchorFrom: AnchorPolicy["anchorFrom"];
  /**
   * The database whose chains are listed at the start, so that batches of a quiet table are
   * anchored too. Left out where the queue knows every chain already.
   */
  readonly database?: string;
}
