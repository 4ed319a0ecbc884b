import type { Row } from "../batch-data.ts";
import type { ChangeRecord } from "../record.ts";
import { sampleGap, samplePoison, sampleRow } from "./sample-batch.ts";

const IN_A_TABLE = { schema: "public", table: "account" };

function forged(row: Row, members: Partial<ChangeRecord>): Row {
  return { record: { ...row.record, ...members }, payload: { ...row.payload, entry: null } };
}

/** Rows that may stand in no batch, whatever its header says, and the member that is refused. */
export const misplacedRows: readonly [name: string, row: Row, member: keyof ChangeRecord][] = [
  ["a poison record in a table's chain", forged(samplePoison(0), IN_A_TABLE), "operation"],
  ["a poison record without a reason", forged(samplePoison(0), { reason: null }), "operation"],
  ["a gap in a table's chain", forged(sampleGap(0), IN_A_TABLE), "operation"],
  ["a gap without a reason", forged(sampleGap(0), { reason: null }), "operation"],
  ["a gap that commits to an entry", forged(sampleGap(0), { raw: "0".repeat(64) }), "raw"],
  ["a gap that commits to an image", forged(sampleGap(0), { after: "0".repeat(64) }), "operation"],
  ["a change in the control chain", forged(sampleRow(0), { schema: null, table: null }), "operation"],
  ["a change that commits to an entry", forged(sampleRow(0), { raw: "0".repeat(64) }), "raw"],
  ["a change with a reason", forged(sampleRow(0), { reason: "TRIMMED_UNREAD" }), "operation"],
];
