/** Columns that Debezium does not send, as `table.column`. */
const NOT_SENT: ReadonlySet<string> = new Set([
  ...["mr", "bx", "ln", "ls", "pa", "po", "ci", "pr", "lsn", "snap", "ai"].map((column) => `t_net.${column}`),
  "t_text.tsq",
  // A generated column is in the snapshot and not in the stream.
  "defaults.twice",
]);

/** Columns whose values Debezium sends in a form that loses them. */
const LOST: ReadonlySet<string> = new Set([
  "t_text.nm",
  "t_arrays.ai2d",
  "t_bytes.vb",
  "t_bytes.vb5",
  "t_time.tz",
  "t_time.tz0",
  // Debezium cuts times of day in arrays to milliseconds.
  "t_arrays.atm",
  "t_numbers.n_3_m2",
]);

/** Values that Debezium loses in one row, as `table.column` and the row's id. */
const LOST_IN_ROW: ReadonlySet<string> = new Set([
  "t_arrays.at 5",
  "t_arrays.ae 4",
  "t_time.d 36",
  "t_time.d 37",
  "t_time.ts3 34",
  "t_time.ts3 35",
  "t_time.ts6 32",
  "t_time.ts6 33",
]);

/** Values that Debezium sends as null: an enum array with a NULL element. */
const NULL_INSTEAD: ReadonlySet<string> = new Set(["t_arrays.ae 4"]);

/** Whether Debezium does not send a column. */
export function isNotSent(table: string, column: string): boolean {
  return NOT_SENT.has(`${table}.${column}`);
}

/** Whether Debezium loses a value. */
export function isLost(table: string, column: string, id: string | null | undefined): boolean {
  return LOST.has(`${table}.${column}`) || LOST_IN_ROW.has(`${table}.${column} ${id}`);
}

/** Whether Debezium sends null in place of a value. */
export function isNullInstead(table: string, column: string, id: string | null | undefined): boolean {
  return NULL_INSTEAD.has(`${table}.${column} ${id}`);
}
