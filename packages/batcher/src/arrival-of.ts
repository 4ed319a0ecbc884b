import { isImage, isRecord } from "@etrap/proof/write";
import type { Arrival } from "./arrival.ts";
import type { Delivery, Poison } from "./ports.ts";
import { changeRecord, poisonRecord } from "./row.ts";

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
