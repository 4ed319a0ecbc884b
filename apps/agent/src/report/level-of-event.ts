import type { AgentEvent } from "./agent-event.ts";

/** How much attention an event asks for. */
export type Level = "debug" | "info" | "warn" | "error";

/** Nothing goes on in a part of the work until somebody acts. */
const ERRORS: ReadonlySet<string> = new Set(["chain-refused", "chain-parked", "database-failed"]);

/** Something is waited for, was left out, or should be looked at. */
const WARNINGS: ReadonlySet<string> = new Set([
  "store-waiting",
  "anchor-waiting",
  "anchor-differs",
  "derived-differs",
  "redis-disconnected",
  "redis-refused",
  "memory-nearly-full",
  "eviction-unchecked",
  "waiting-for-database",
  "entries-lost",
  "loss-untold",
  "retention-held-back",
  "entry-poisoned",
  "column-omitted",
  "rule-unmatched",
  "slot-lost",
  "drain-timed-out",
  "near-not-ready",
  "near-node-failing",
  "bucket-note",
  "port-unusable",
  "no-streams",
]);

/** The level of an event, by its type. One of a newer package is information. */
export function levelOfEvent({ type }: Pick<AgentEvent, "type">): Level {
  if (ERRORS.has(type)) return "error";
  if (WARNINGS.has(type)) return "warn";
  return DEBUG_ONLY.has(type) ? "debug" : "info";
}

/** Events that only matter during a search for a problem. */
const DEBUG_ONLY: ReadonlySet<string> = new Set(["entries-skipped"]);
