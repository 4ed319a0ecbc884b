import type { ChangeRecord } from "@etrap/proof";
import { chainLabel } from "./chain-label.ts";

/** Returns the operation, the table and the time of a change as text. */
export function changeText(record: ChangeRecord): string {
  const { operation, database, table, timestamp } = record;
  const place = table === null ? chainLabel(record) : `${chainLabel(record)} of ${database}`;
  const time = timeOf(operation, timestamp);
  return `${operation} in ${place}${time === undefined ? "" : `, ${time}`}`;
}

/** A snapshot reads rows that were committed before it, at a time that it does not know. */
function timeOf(operation: ChangeRecord["operation"], timestamp: number | null): string | undefined {
  if (operation === "POISON" || operation === "GAP") return undefined;
  if (operation === "SNAPSHOT")
    return timestamp === null ? "read by a snapshot" : `read by a snapshot ${timeText(timestamp)}`;
  return timestamp === null ? "committed at an unknown time" : `committed ${timeText(timestamp)}`;
}

/** Returns a time as text. A record may hold a time that is outside of every calendar. */
function timeText(timestamp: number): string {
  const time = new Date(timestamp);
  return `at ${Number.isNaN(time.getTime()) ? `${timestamp} ms since 1970` : time.toISOString()}`;
}
