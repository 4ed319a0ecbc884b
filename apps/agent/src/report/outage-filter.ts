import type { AgentEvent } from "./agent-event.ts";

/** The time between two lines about one outage, in milliseconds. */
const REMINDER_MS = 60_000;

/** Codes of an anchor that is away for all tables at once. */
const AWAY: ReadonlySet<string> = new Set(["UNAVAILABLE", "OUTCOME_UNKNOWN", "NEAR_DISAGREEMENT"]);

/**
 * Creates a filter that lets through one event when the store or the anchor goes away, one a minute
 * while that lasts, and one when it is back. Every table waits on its own and reports that, so
 * there are many more events. `now` returns milliseconds.
 */
export function createOutageFilter(now: () => number): (event: AgentEvent) => boolean {
  const [store, anchor] = [createOutage(now), createOutage(now)];
  return (event) => {
    switch (event.type) {
      case "store-waiting":
        return store.isNews(event.sinceMs);
      case "store-back":
        return store.isBack();
      case "anchor-waiting":
      case "chain-parked":
        return !AWAY.has(event.code) || anchor.isNews(0);
      case "batch-anchored":
        anchor.isBack();
        return true;
      default:
        return true;
    }
  };
}

interface Outage {
  /** Whether to report a wait that has lasted for `sinceMs`. */
  isNews(sinceMs: number): boolean;
  /** Whether the end of an outage is to be reported. */
  isBack(): boolean;
}

function createOutage(now: () => number): Outage {
  let isAway = false;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let backAt = Number.NEGATIVE_INFINITY;
  return {
    isNews(sinceMs) {
      // A table that has waited since before the store was back belongs to the outage that is over.
      const isOld = !isAway && now() - sinceMs <= backAt;
      if ((isAway || isOld) && now() - reportedAt < REMINDER_MS) return false;
      isAway = true;
      reportedAt = now();
      return true;
    },
    isBack() {
      if (!isAway) return false;
      isAway = false;
      backAt = now();
      return true;
    },
  };
}
