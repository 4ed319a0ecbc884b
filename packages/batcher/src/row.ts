import { commitToEntry, commitToImage, encodeEntry, openImage } from "@etrap/proof/write";
import type { ChangeRecord, Commitment, Image, OpenedImage, Row } from "@etrap/proof";
import type { Arrival } from "./arrival.ts";
import { nodeSha256 } from "./node-sha256.ts";
import type { Change, Gap, Poison } from "./ports.ts";

/** The row that an arrival becomes: its record, and the values behind the commitments. `salt` gives 16 fresh random bytes as hex. */
export function rowOf({ entry, position, fields }: Arrival, commitment: Commitment, salt: () => string): Row {
  const open = (values: Image | null): OpenedImage | null => values && openImage(values, commitment, salt);
  const commit = (image: OpenedImage | null): string | null => image && commitToImage(image, nodeSha256);
  if (entry.kind === "poison") {
    const opened = entry.isWithheld === true ? null : { salt: salt(), bytes: encodeEntry(fields) };
    return {
      record: { ...controlRecord(entry, position.id), raw: opened && commitToEntry(opened) },
      payload: { after: null, before: null, entry: opened, key: null },
    };
  }
  if (entry.kind === "gap") {
    return {
      record: controlRecord(entry, position.id),
      payload: { after: null, before: null, entry: null, key: null },
    };
  }
  const payload = { after: open(entry.after), before: open(entry.before), entry: null, key: open(entry.key) };
  return {
    record: {
      ...changeRecord(entry, position.id),
      key: commit(payload.key),
      before: commit(payload.before),
      after: commit(payload.after),
    },
    payload,
  };
}

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
