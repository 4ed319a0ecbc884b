import { excludesColumn, includesOperation, includesTable } from "@etrap/proof";
import { withholdsEntries } from "@etrap/proof/write";
import type { Image, OmittedColumns, Rules } from "@etrap/proof";
import type { ArrivedPoison } from "./arrival.ts";
import type { Change, Entry, Gap, Poison, Skip } from "../ports.ts";

const IMAGES = ["key", "before", "after"] as const;

/**
 * What the rules leave of an entry; a pure function of both. A change of a table or operation that is left out becomes a skip. Excluded columns
 * are taken out of every image and named `EXCLUDED`, those too that the carrier left out itself. Poison and gaps are never left out, but where
 * any column is excluded the bytes of poison are withheld.
 */
export function applyRules(entry: Entry, rules: Rules): Change | ArrivedPoison | Gap | Skip {
  if (entry.kind === "skip") return entry;
  if (entry.kind !== "change") return applyRulesToControl(entry, rules);
  if (!includesTable(rules, entry)) return { kind: "skip", reason: "TABLE_EXCLUDED" };
  if (!includesOperation(rules, entry.operation)) return { kind: "skip", reason: "OPERATION_EXCLUDED" };
  return withoutColumns(entry, excludedColumns(entry, rules));
}

/** What belongs to no table, as the rules let it be recorded. A gap has nothing that could be withheld. */
export function applyRulesToControl(entry: Poison | Gap, rules: Rules): ArrivedPoison | Gap {
  return entry.kind === "poison" && withholdsEntries(rules) ? { ...entry, isWithheld: true } : entry;
}

function excludedColumns(change: Change, rules: Rules): ReadonlySet<string> {
  if (rules.excluded_columns.length === 0) return new Set();
  const columns = new Set(IMAGES.flatMap((part) => columnsOf(change, part)));
  return new Set(Array.from(columns).filter((column) => excludesColumn(rules, change, column)));
}

/** The columns that an image has, or would have had. */
function columnsOf({ omitted, ...images }: Change, part: (typeof IMAGES)[number]): string[] {
  return [...Object.keys(images[part] ?? {}), ...Object.keys(omitted?.[part] ?? {})];
}

function withoutColumns(change: Change, excluded: ReadonlySet<string>): Change {
  if (excluded.size === 0) return change;
  // Over another reason, which would tell of the value: that it is large and stayed, or beyond what the carrier can say.
  const omittedOf = (part: (typeof IMAGES)[number]): OmittedColumns => {
    const columns = columnsOf(change, part).filter((column) => excluded.has(column));
    return { ...change.omitted?.[part], ...Object.fromEntries(columns.map((column) => [column, "EXCLUDED"])) };
  };
  const omitted = IMAGES.map((part) => [part, omittedOf(part)] as const);
  return {
    ...change,
    key: without(change.key, excluded),
    before: without(change.before, excluded),
    after: without(change.after, excluded),
    omitted: Object.fromEntries(omitted.filter(([, columns]) => Object.keys(columns).length > 0)),
  };
}

function without(image: Image | null, excluded: ReadonlySet<string>): Image | null {
  return image && Object.fromEntries(Object.entries(image).filter(([column]) => !excluded.has(column)));
}
