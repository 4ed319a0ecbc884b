import type { Batcher } from "@etrap/batcher";
import { AgentError } from "../agent-error.ts";
import type { AgentEvent, LeftOut, Totals } from "./agent-event.ts";

/** Counts what the events report as stored or left, and passes every event on. */
export interface StoredCounter {
  readonly report: (event: AgentEvent) => void;
  /** Includes in the totals what this batcher leaves out. */
  readonly follow: (batcher: Pick<Batcher, "status">) => void;
  readonly totals: () => Totals & { readonly seconds: number; readonly leftOut?: LeftOut };
  /**
   * Reports the statistics, unless nothing was recorded or minted since the last time. Quiet
   * intervals are counted, and told by the next report.
   */
  readonly tick: () => void;
  /**
   * Throws CHANGES_UNSTORED where the time for draining was over before every change was stored.
   */
  readonly checkDrained: () => void;
}

/** Creates a counter that passes events on to `report`. `isAnchored`: batches are anchored too. */
export function countStored(report: (event: AgentEvent) => void, isAnchored = false): StoredCounter {
  const startedAt = performance.now();
  let [minted, failed] = [0, 0];
  let batches = 0;
  let changes = 0;
  let unstored = 0;
  let followed: Pick<Batcher, "status"> | undefined;
  let [told, idle] = [0, 0];
  const totals: StoredCounter["totals"] = () => ({
    batches,
    changes,
    seconds: Math.round(performance.now() - startedAt) / 1000,
    ...(isAnchored && { mints: { minted, failed } }),
    ...(followed && { leftOut: followed.status().counts }),
  });
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
    totals,
    tick() {
      const done = batches + minted + failed;
      if (done === told) {
        idle += 1;
        return;
      }
      report({ type: "statistics", ...totals(), idle });
      [told, idle] = [done, 0];
    },
    checkDrained() {
      if (unstored === 0) return;
      throw new AgentError(
        "CHANGES_UNSTORED",
        `expected to store every change that was read, but the time for draining was over with ${unstored} left; nothing is lost: the next start reads them again`,
      );
    },
  };
}
