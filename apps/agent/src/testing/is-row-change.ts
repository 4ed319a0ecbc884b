import type { CapturedEntry } from "../capture-source.ts";

/** Whether an entry of a recording is a row change: not a tombstone, a heartbeat, a message or transaction metadata. */
export function isRowChange({ stream, fields }: CapturedEntry): boolean {
  const isTableStream =
    stream !== "etrap.transaction" && stream !== "etrap.message" && !stream.startsWith("__debezium-heartbeat.");
  const value = fields.find(([name]) => name === "value")?.[1] ?? fields[0]?.[1];
  return isTableStream && value !== "default";
}
