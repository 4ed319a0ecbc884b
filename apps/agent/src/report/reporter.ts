import type { AgentEvent } from "./agent-event.ts";
import { levelOfEvent } from "./level-of-event.ts";
import { createOutageFilter } from "./outage-filter.ts";
import { printable, printableJson } from "./printable.ts";
import { textOfEvent } from "./text-of-event.ts";

/** Takes events. With several databases, `database` names the one that the event is about. */
export type Report = (event: AgentEvent, database?: string) => void;

/** Options of `createReporter`. */
export interface ReporterOptions {
  readonly write: (line: string) => void;
  readonly json: boolean;
  /** Whether to report the events too that only matter during a search for a problem. */
  readonly debug: boolean;
  readonly now: () => Date;
}

/**
 * Creates a reporter, which turns events into lines of text or JSON. No event holds a row value, a
 * key or a secret, so no line does. Names may come from a stranger, so unprintable characters are
 * escaped.
 */
export function createReporter({ write, json, debug, now }: ReporterOptions): Report {
  const isNews = createOutageFilter(() => now().getTime());
  return (event, about) => {
    const level = levelOfEvent(event);
    if (!debug && (level === "debug" || !isNews(event))) return;
    // All databases share the store.
    const database = event.type.startsWith("store-") ? undefined : about;
    const origin = database === undefined ? {} : { database };
    const time = now();
    if (json) {
      const { type, ...facts } = toJsonLine(event);
      return write(printableJson({ time: time.toISOString(), level, ...origin, event: type, ...facts }));
    }
    const prefix = database === undefined ? "" : `${database}: `;
    const [first = "", ...rest] = textOfEvent(event).map((line) => printable(`${prefix}${line}`));
    write([`${time.toTimeString().slice(0, 8)} ${first}`, ...rest].join("\n"));
  };
}

/**
 * Returns the members of an event's JSON line. The header of a batch is long, so its line holds
 * only a part of it.
 */
function toJsonLine(event: AgentEvent): { readonly type: string; readonly [fact: string]: unknown } {
  if (event.type !== "batch-stored" && event.type !== "batch-anchored") return { ...event };
  const { type, batchId, header, place } = event;
  const { database, schema, table, seq, leaf_count, merkle_root, operations } = header;
  const names = { type, batchId, database, schema, table, seq };
  const facts =
    event.type === "batch-stored"
      ? { changes: leaf_count, merkleRoot: merkle_root, operations, bytes: event.bytes }
      : { receipt: event.receipt };
  return { ...names, ...facts, ...(place !== undefined && { place }) };
}
