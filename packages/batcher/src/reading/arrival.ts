import { shownValues } from "@etrap/proof";
import { commitToEntry, commitToImage, encodeEntry } from "@etrap/proof/write";
import type { ChainName, Image, Payload, Row } from "@etrap/proof";
import type { Change, Delivery, Gap, Poison } from "../ports.ts";

/** Poison that belongs in the record. */
export interface ArrivedPoison extends Poison {
  /** Set by rules that exclude columns, which may stand in its bytes: they are neither stored nor hashed. */
  readonly isWithheld?: true;
}

/** A delivery that belongs in the record: not a skip. */
export interface Arrival extends Delivery {
  readonly entry: Change | ArrivedPoison | Gap;
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
  if (entry.kind === "gap" || record.operation === "GAP")
    return entry.kind === "gap" && record.operation === "GAP" && entry.reason === record.reason;
  if (record.operation === "POISON") {
    // Without bytes there is no more to compare. What has bytes to record is not the same: rather recorded twice than dropped.
    if (record.raw === null)
      return entry.kind === "poison" && entry.isWithheld === true && entry.reason === record.reason;
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
    entry.capturedAt === record.captured_at &&
    // Where its carrier says neither when nor where it was seen, only its values tell it from another change.
    (entry.capturedAt !== null || entry.lsn !== null || showsValues(payload, entry))
  );
}

/** Whether a payload shows these values, all of them. What is erased is not the same: rather recorded twice than dropped. */
function showsValues(payload: Payload, entry: Change): boolean {
  const digest = (values: Image): string => commitToImage({ salt: NO_SALT, values });
  return (["key", "before", "after"] as const).every((part) => {
    const [opened, values] = [payload[part], entry[part]];
    if (opened === null || values === null) return opened === values;
    return digest(shownValues(opened)) === digest(values);
  });
}

/** For comparing what stays in here. */
const NO_SALT = "00".repeat(16);
