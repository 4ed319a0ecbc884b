import { isImage } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { isRecord } from "@etrap/proof/write";
import type { Delivery, Gap, Poison, Skip } from "../ports.ts";
import { applyRules, applyRulesToControl } from "./apply-rules.ts";
import type { Arrival } from "./arrival.ts";
import { changeRecord, controlRecord } from "./uncommitted-record.ts";

/**
 * Turns a delivery into an arrival, or into a skip where the writer's rules leave it out. A change
 * that no record can hold (a name that is too long, a lone surrogate, a number where text belongs)
 * becomes poison. Its entry is then recorded as it came, instead of stopping the loop at every
 * start. Where the entry's own database name cannot be held, the writer's `source_name` takes its
 * place.
 */
export function toArrival(delivery: Delivery, { rules, capture }: Pick<Header, "rules" | "capture">): Arrival | Skip {
  const { position } = delivery;
  // Before any check, since what the rules leave out is not even checked.
  const entry = applyRules(delivery.entry, rules);
  // A copy, so that other members from the source are not passed on.
  if (entry.kind === "skip") return { kind: "skip", reason: entry.reason };
  if (entry.kind === "change") {
    const images = [entry.key, entry.before, entry.after].filter((image) => image !== null);
    if (isRecord(changeRecord(entry, position.id)) && images.every(isImage)) return arrival(delivery, entry);
  } else if (isRecord(controlRecord(entry, position.id))) return arrival(delivery, entry);
  // A gap stays a gap, since it has no bytes that poison would keep.
  const kind = entry.kind === "gap" ? "gap" : "poison";
  const unrecordable: Poison | Gap = { kind, database: entry.database, reason: "NOT_RECORDABLE" };
  // The name of the database may itself be what cannot be held.
  const database = isRecord(controlRecord(unrecordable, position.id)) ? entry.database : capture.source_name;
  return arrival(delivery, applyRulesToControl({ ...unrecordable, database }, rules));
}

function arrival({ position, generation, fields, size }: Delivery, entry: Arrival["entry"]): Arrival {
  return { kind: "arrival", position, generation, entry, fields, size };
}
