import { commitToEntry, encodeEntry, isImage, isRecord } from "@etrap/proof";
import type { ChainName, Row } from "@etrap/proof";
import type { Change, Delivery, Poison } from "./ports.ts";
import { changeRecord, poisonRecord } from "./row.ts";

/** A delivery that belongs in the record: not a skip. */
export interface Arrival extends Delivery {
  readonly entry: Change | Poison;
}

/**
 * The arrival that a delivery is; undefined for a skip. A change that no record can hold (a name too long, a lone surrogate, a number where
 * text belongs) becomes poison: recorded as what came, instead of stopping the loop at every start. `sourceName` names the database where the
 * entry's own name for it cannot be held.
 */
export function arrivalOf(delivery: Delivery, sourceName: string): Arrival | undefined {
  const { entry, position } = delivery;
  if (entry.kind === "skip") return undefined;
  if (entry.kind === "change") {
    const images = [entry.key, entry.before, entry.after].filter((image) => image !== null);
    if (isRecord(changeRecord(entry, position.id)) && images.every(isImage)) return { ...delivery, entry };
  } else if (isRecord(poisonRecord(entry, position.id))) return { ...delivery, entry };
  // Even the database's name may be what cannot be held.
  const inDatabase: Poison = { kind: "poison", database: entry.database, reason: "NOT_RECORDABLE" };
  const database = isRecord(poisonRecord(inDatabase, position.id)) ? entry.database : sourceName;
  return { ...delivery, entry: { ...inDatabase, database } };
}

/** The chain that an arrival is recorded in: its table's, or its database's control chain. */
export function chainOf({ entry }: Arrival): ChainName {
  const { database } = entry;
  return entry.kind === "change" ? { database, schema: entry.schema, table: entry.table } : controlChain(database);
}

/** The chain for what belongs to no table. */
export function controlChain(database: string): ChainName {
  return { database, schema: null, table: null };
}

/**
 * Whether a row of the record is this very arrival. Requires that the row came from the arrival's stream. A position alone proves nothing:
 * a rebuilt carrier uses the same ones again for other changes, and a change dropped for that is lost.
 */
export function isSameArrival({ position, entry, fields }: Arrival, { record, payload }: Row): boolean {
  if (record.position !== position.id) return false;
  if (record.operation === "POISON") {
    const opened = payload.entry;
    // Compared by bytes, whatever the decoder makes of them today: a newer one may understand what an older one could not.
    return opened !== null && commitToEntry({ salt: opened.salt, bytes: encodeEntry(fields) }) === record.raw;
  }
  return (
    entry.kind === "change" &&
    entry.operation === record.operation &&
    entry.lsn === record.lsn &&
    entry.txId === record.tx_id &&
    entry.txOrder === record.tx_order &&
    entry.timestamp === record.timestamp &&
    entry.run === record.run &&
    entry.capturedAt === record.captured_at
  );
}
