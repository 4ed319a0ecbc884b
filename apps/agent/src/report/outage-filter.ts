import type { AgentEvent } from "./agent-event.ts";

/** The time between two lines about one outage, in milliseconds. */
const REMINDER_MS = 60_000;

/**
 * Creates a filter that lets through one event when the store goes away, one a minute while that
 * lasts, and one when it is back. Every table waits for the store on its own and reports that, so
 * there are many more events. `now` returns milliseconds.
 */
export function createOutageFilter(now: () => number): (event: AgentEvent) => boolean {
  let isAway = false;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let backAt = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.type === "store-waiting") {
      // A table that has waited since before the store was back belongs to the outage that is over.
      const isOld = !isAway && now() - event.sinceMs <= backAt;
      if ((isAway || isOld) && now() - reportedAt < REMINDER_MS) return false;
      isAway = true;
      reportedAt = now();
    } else if (event.type === "store-back") {
      if (!isAway) return false;
      isAway = false;
      backAt = now();
    }
    return true;
  };
}
