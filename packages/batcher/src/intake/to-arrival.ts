import { isImage } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { abridgeEntry, isRecord } from "@etrap/proof/write";
import type { Change, Delivery, Gap, Poison, Skip } from "../ports.ts";
import { applyRules, applyRulesToControl } from "./apply-rules.ts";
import type { Arrival } from "./arrival.ts";
import { badDelivery } from "./bad-delivery.ts";
import { findMistypedValue, findUnholdable } from "./find-bad-value.ts";
import { changeRecord, controlRecord } from "./uncommitted-record.ts";

/**
 * Turns a delivery into an arrival, or into a skip where the writer's rules leave it out. A change
 * that no record can hold (a name that is too long, a lone surrogate, a number where text belongs)
 * becomes poison. Its entry is then recorded as it came, instead of stopping the loop at every
 * start. Where the entry's own database name cannot be held, the writer's `source_name` takes its
 * place. Of an entry that is too large to be decoded, only what `abridgeEntry` gives is kept.
 */
export function toArrival(delivery: Delivery, { rules, capture }: Pick<Header, "rules" | "capture">): Arrival | Skip {
  const { position } = delivery;
  // Before the values are checked, since those that the rules leave out are not even looked at.
  const entry = applyRules(delivery.entry, rules);
  // A copy, so that other members from the source are not passed on.
  if (entry.kind === "skip") return { kind: "skip", reason: entry.reason };
  if (entry.kind === "change") {
    if (isRecordable(entry, position.id)) return arrival(delivery, entry);
    checkIsKept(delivery, entry);
  } else if (isRecord(controlRecord(entry, position.id))) return arrival(delivery, entry);
  // A gap stays a gap, since it has no bytes that poison would keep.
  const kind = entry.kind === "gap" ? "gap" : "poison";
  const unrecordable: Poison | Gap = { kind, database: entry.database, reason: "NOT_RECORDABLE" };
  // The name of the database may itself be what cannot be held.
  const database = isRecord(controlRecord(unrecordable, position.id)) ? entry.database : capture.source_name;
  return arrival(delivery, applyRulesToControl({ ...unrecordable, database }, rules));
}

function isRecordable(change: Change, position: string): boolean {
  const images = [change.key, change.before, change.after].filter((image) => image !== null);
  return isRecord(changeRecord(change, position)) && images.every(isImage);
}

/** Refuses a change that cannot be recorded, unless poison may take its place. */
function checkIsKept({ position, fields }: Delivery, change: Change): void {
  const mistyped = findMistypedValue(change);
  if (mistyped !== undefined) throw badDelivery(position, mistyped);
  if (fields.some(({ length }) => length > 0)) return;
  const unholdable = findUnholdable(change, position.id);
  const { member = "entry", expected = "a change that a record can hold", value = change } = unholdable ?? {};
  throw badDelivery(position, { member, expected: `${expected}, or the entry's bytes in fields to record`, value });
}

function arrival({ position, generation, fields, size }: Delivery, entry: Arrival["entry"]): Arrival {
  if (entry.kind === "poison" && entry.reason === "ENTRY_TOO_LARGE") {
    // Before anything is held: a buffer of such entries would exhaust the memory.
    const kept = abridgeEntry(fields);
    const keptSize = kept.reduce((sum, { length }) => sum + length, 0);
    return { kind: "arrival", position, generation, entry, fields: kept, size: keptSize };
  }
  return { kind: "arrival", position, generation, entry, fields, size };
}
