import { committedEntry, committedImage } from "@etrap/proof/write";
import type { ChangeRecord, Commitment, Image } from "@etrap/proof";
import type { Committed, RowTexts } from "@etrap/proof/write";
import type { Arrival } from "../reading/arrival.ts";
import { nodeSha256 } from "./node-sha256.ts";
import type { Change, Gap, Poison } from "../ports.ts";

/** The row that an arrival becomes: its record, and the values behind the commitments. `salt` gives 16 fresh random bytes as hex. */
export function rowOf({ entry, position, fields }: Arrival, commitment: Commitment, salt: () => string): RowTexts {
  if (entry.kind === "gap") return { record: controlRecord(entry, position.id), payload: NOTHING };
  if (entry.kind === "poison") {
    const record = controlRecord(entry, position.id);
    if (entry.isWithheld === true) return { record, payload: NOTHING };
    const raw = committedEntry(fields, salt);
    return { record: { ...record, raw: raw.digest }, payload: { ...NOTHING, entry: raw.opening } };
  }
  const commit = (values: Image | null): Committed | null =>
    values && committedImage(values, commitment, salt, nodeSha256);
  const [key, before, after] = [commit(entry.key), commit(entry.before), commit(entry.after)];
  const text = (image: Committed | null): string => image?.opening ?? "null";
  return {
    record: {
      ...changeRecord(entry, position.id),
      key: key && key.digest,
      before: before && before.digest,
      after: after && after.digest,
    },
    payload: { after: text(after), before: text(before), entry: "null", key: text(key) },
  };
}

/** The texts of a payload without values. */
const NOTHING: RowTexts["payload"] = { after: "null", before: "null", entry: "null", key: "null" };

/** A change's record without its commitments. */
export function changeRecord(change: Change, position: string): ChangeRecord {
  return {
    ...NOTHING_KNOWN,
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

/** The record of what belongs to no table, without a poison entry's commitment. */
export function controlRecord({ kind, database, reason }: Poison | Gap, position: string): ChangeRecord {
  const operation = kind === "gap" ? "GAP" : "POISON";
  return { ...NOTHING_KNOWN, database, operation, position, reason };
}

/** In canonical order, which spares every record's encoder a copy: members stay where they were first named. */
const NOTHING_KNOWN = {
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
