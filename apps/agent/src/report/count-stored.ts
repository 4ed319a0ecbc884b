import type { Batcher } from "@etrap/batcher";
import { AgentError } from "../agent-error.ts";
import type { AgentEvent, LeftOut, Totals } from "./agent-event.ts";

/** Counts what the events report as stored or left, and passes every event on. */
export interface StoredCounter {
  readonly report: (event: AgentEvent) => void;
  /** Includes in the totals what this batcher leaves out. */
  readonly follow: (batcher: Pick<Batcher, "status">) => void;
  readonly totals: () => Totals & { readonly leftOut?: LeftOut };
  /**
   * Throws CHANGES_UNSTORED where the time for draining was over before every change was stored.
   */
  readonly checkDrained: () => void;
}

/** Creates a counter that passes events on to `report`. `isAnchored`: batches are anchored too. */
export function countStored(report: (event: AgentEvent) => void, isAnchored = false): StoredCounter {
  let [minted, failed] = [0, 0];
  let batches = 0;
  let changes = 0;
  let unstored = 0;
  let followed: Pick<Batcher, "status"> | undefined;
  return {
    report(event) {
      if (event.type === "drain-timed-out") unstored = event.changes;
      if (event.type === "batch-stored") {
        batches += 1;
        changes += event.header.leaf_count;
      }
      if (event.type === "batch-anchored") minted += 1;
      if (event.type === "anchor-waiting" || event.type === "chain-parked") failed += 1;
      report(event);
    },
    follow(batcher) {
      followed = batcher;
    },
    totals: () => ({
      batches,
      changes,
      ...(isAnchored && { mints: { minted, failed } }),
      ...(followed && { leftOut: followed.status().counts }),
    }),
    checkDrained() {
      if (unstored === 0) return;
      throw new AgentError(
        "CHANGES_UNSTORED",
        `expected to store every change that was read, but the time for draining was over with ${unstored} left; nothing is lost: the next start reads them again`,
      );
    },
  };
}
