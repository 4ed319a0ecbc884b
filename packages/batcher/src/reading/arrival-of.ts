import { isImage, isRecord } from "@etrap/proof/write";
import type { Header } from "@etrap/proof";
import { applyRules, applyRulesToControl } from "./apply-rules.ts";
import type { Arrival } from "./arrival.ts";
import type { Delivery, Gap, Poison, Skip } from "../ports.ts";
import { changeRecord, controlRecord } from "../sealing/row.ts";

/**
 * The arrival that a delivery is by the writer's rules, or the skip that it is by them. A change that no record can hold (a name too long, a lone
 * surrogate, a number where text belongs) becomes poison: recorded as what came, instead of stopping the loop at every start. The writer's
 * source names the database where the entry's own name for it cannot be held.
 */
export function arrivalOf(delivery: Delivery, { rules, capture }: Pick<Header, "rules" | "capture">): Arrival | Skip {
  const { position } = delivery;
  // Before anything else: what the rules take out is not even looked at.
  const entry = applyRules(delivery.entry, rules);
  // Nothing else that its maker put into it: it is told from an arrival by what it lacks.
  if (entry.kind === "skip") return { kind: "skip", reason: entry.reason };
  if (entry.kind === "change") {
    const images = [entry.key, entry.before, entry.after].filter((image) => image !== null);
    if (isRecord(changeRecord(entry, position.id)) && images.every(isImage)) return { ...delivery, entry };
  } else if (isRecord(controlRecord(entry, position.id))) return { ...delivery, entry };
  // Even the database's name may be what cannot be held. A gap stays one: there are no bytes that poison would keep.
  const kind = entry.kind === "gap" ? "gap" : "poison";
  const unheld: Poison | Gap = { kind, database: entry.database, reason: "NOT_RECORDABLE" };
  const database = isRecord(controlRecord(unheld, position.id)) ? entry.database : capture.source_name;
  return { ...delivery, entry: applyRulesToControl({ ...unheld, database }, rules) };
}
