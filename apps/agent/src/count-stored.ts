import type { AgentEvent } from "./agent-event.ts";

/** Passes events on and adds up what was stored. */
export function countStored(report: (event: AgentEvent) => void): {
  report: (event: AgentEvent) => void;
  totals: () => { batches: number; changes: number };
} {
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
