import type { ChainName } from "@etrap/ledger";
import { IMAGES, disclosedValues } from "@etrap/proof";
import type { Image, Payload, Row } from "@etrap/proof";
import { commitToEntry, commitToImage, encodeEntry } from "@etrap/proof/write";
import type { Change, Delivery, Gap, Poison } from "../ports.ts";
import { controlChain } from "./chain-names.ts";

/** Poison, as the rules let it be recorded. */
export interface ArrivedPoison extends Poison {
  /**
   * Set where rules exclude columns, whose values may stand in the entry's bytes. The bytes are
   * then neither stored nor hashed.
   */
  readonly isWithheld?: true;
}

/** A delivery that is to be recorded. */
export interface Arrival extends Delivery {
  readonly kind: "arrival";
  readonly entry: Change | ArrivedPoison | Gap;
}

/**
 * Returns the chain that an arrival is recorded in: that of its table, or the control chain of its
 * database.
 */
export function chainFor({ entry }: Arrival): ChainName {
  const { database } = entry;
  return entry.kind === "change" ? { database, schema: entry.schema, table: entry.table } : controlChain(database);
}

/**
 * Whether a recorded row is this very arrival. Requires a row from the arrival's stream. The
 * position alone proves nothing: a rebuilt carrier uses the same positions again for other changes,
 * and a change that was dropped for its position would be lost. In doubt the answer is no, since
 * recording a change twice does less harm than losing it.
 */
export function isSameArrival({ position, entry, fields }: Arrival, { record, payload }: Row): boolean {
  if (record.position !== position.id) return false;
  if (entry.kind === "gap" || record.operation === "GAP")
    return entry.kind === "gap" && record.operation === "GAP" && entry.reason === record.reason;
  if (record.operation === "POISON") {
    // A withheld entry has no bytes, so only its reason can be compared.
    if (record.raw === null)
      return entry.kind === "poison" && entry.isWithheld === true && entry.reason === record.reason;
    const opened = payload.entry;
    // Bytes are compared, whatever the decoder makes of them now: a newer one may decode what an
    // older one could not.
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
    // Where the carrier gives neither a time nor an LSN, only the values distinguish the change
    // from another.
    (entry.capturedAt !== null || entry.lsn !== null || hasValues(payload, entry))
  );
}

/** Whether a payload discloses exactly the values of a change. */
function hasValues(payload: Payload, entry: Change): boolean {
  const digest = (values: Image): string => commitToImage({ salt: NO_SALT, values });
  return IMAGES.every((part) => {
    const [opened, values] = [payload[part], entry[part]];
    if (opened === null || values === null) return opened === values;
    return digest(disclosedValues(opened)) === digest(values);
  });
}

/** The salt of digests that are only compared and never leave this process. */
const NO_SALT = "00".repeat(16);
