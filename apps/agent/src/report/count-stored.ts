import type { AgentEvent } from "./agent-event.ts";

/** Counts what the `batch-stored` events report, and passes every event on. */
export interface StoredCounter {
  readonly report: (event: AgentEvent) => void;
  readonly totals: () => { readonly batches: number; readonly changes: number };
}

/** Creates a counter that passes events on to `report`. */
export function countStored(report: (event: AgentEvent) => void): StoredCounter {
  let batches = 0;
  let changes = 0;
  return {
    report(event) {
      if (event.type === "batch-stored") {
        batches += 1;
        changes += event.header.leaf_count;
      }
      report(event);
    },
    totals: () => ({ batches, changes }),
  };
}
