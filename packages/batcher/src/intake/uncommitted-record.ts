import type { ChangeRecord } from "@etrap/proof";
import type { Change, Gap, Poison } from "../ports.ts";

/** Returns the record of a change, without its commitments. */
export function changeRecord(change: Change, position: string): ChangeRecord {
  return {
    ...UNKNOWN,
    database: change.database,
    schema: change.schema,
    table: change.table,
    operation: change.operation,
    timestamp: change.timestamp,
    captured_at: change.capturedAt,
    position,
    lsn: change.lsn,
    tx_id: change.txId,
    tx_order: change.txOrder,
    run: change.run,
    omitted: change.omitted,
  };
}

/** Returns the record of a poison entry or a gap, without the commitment to the entry. */
export function controlRecord({ kind, database, reason }: Poison | Gap, position: string): ChangeRecord {
  const operation = kind === "gap" ? "GAP" : "POISON";
  return { ...UNKNOWN, database, operation, position, reason };
}

/**
 * A record without facts. Its members are in canonical order, which spares the encoder a copy of
 * each record: members keep the place where they were first named.
 */
const UNKNOWN = {
  after: null,
  before: null,
  captured_at: null,
  database: "",
  key: null,
  lsn: null,
  omitted: null,
  operation: "POISON",
  position: "",
  raw: null,
  reason: null,
  run: null,
  schema: null,
  table: null,
  timestamp: null,
  tx_id: null,
  tx_order: null,
} as const;
