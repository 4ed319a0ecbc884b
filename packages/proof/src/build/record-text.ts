import { toCanonical } from "../bytes/canonical-json.ts";
import type { ChangeRecord } from "../format/record.ts";

/**
 * Returns the text of `encodeRecord` at half its cost. Requires a record that `isRecord` accepts
 * without its commitments, and commitments that are digests.
 */
export function recordText(record: ChangeRecord): string {
  return (
    `{"after":${quote(record.after)},"before":${quote(record.before)},"captured_at":${quote(record.captured_at)},` +
    `"database":${JSON.stringify(record.database)},"key":${quote(record.key)},"lsn":${quote(record.lsn)},` +
    `"omitted":${record.omitted === null ? "null" : toCanonical(record.omitted)},"operation":"${record.operation}",` +
    `"position":"${record.position}","raw":${quote(record.raw)},"reason":${quote(record.reason)},` +
    `"run":${JSON.stringify(record.run)},"schema":${JSON.stringify(record.schema)},"table":${JSON.stringify(record.table)},` +
    `"timestamp":${record.timestamp ?? "null"},"tx_id":${quote(record.tx_id)},"tx_order":${record.tx_order ?? "null"}}`
  );
}

/** Quotes a text of digits, hex or capitals, which JSON need not escape. */
function quote(text: string | null): string {
  return text === null ? "null" : `"${text}"`;
}
