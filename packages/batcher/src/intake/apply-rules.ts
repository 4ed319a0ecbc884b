import { excludesColumn, IMAGES, includesOperation, includesTable } from "@etrap/proof";
import type { Image, OmittedColumns, Rules } from "@etrap/proof";
import { withholdsEntries } from "@etrap/proof/write";
import type { Change, Entry, Gap, Poison, Skip } from "../ports.ts";
import type { ArrivedPoison } from "./arrival.ts";

type ImageName = (typeof IMAGES)[number];

/**
 * Applies the rules to an entry. A pure function of both. A change of a table or operation that is
 * left out becomes a skip. Excluded columns are removed from every image and named `EXCLUDED`, also
 * where the carrier left them out itself. Poison and gaps are never left out, but where any column
 * is excluded, the bytes of poison are withheld.
 */
export function applyRules(entry: Entry, rules: Rules): Change | ArrivedPoison | Gap | Skip {
  if (entry.kind === "skip") return entry;
  if (entry.kind !== "change") return applyRulesToControl(entry, rules);
  if (!includesTable(rules, entry)) return { kind: "skip", reason: "TABLE_EXCLUDED" };
  if (!includesOperation(rules, entry.operation)) return { kind: "skip", reason: "OPERATION_EXCLUDED" };
  return withoutColumns(entry, excludedColumns(entry, rules));
}

/** Applies the rules to poison or a gap. A gap has no bytes to withhold. */
export function applyRulesToControl(entry: Poison | Gap, rules: Rules): ArrivedPoison | Gap {
  return entry.kind === "poison" && withholdsEntries(rules) ? { ...entry, isWithheld: true } : entry;
}

function excludedColumns(change: Change, rules: Rules): ReadonlySet<string> {
  if (rules.excluded_columns.length === 0) return new Set();
  const columns = new Set(IMAGES.flatMap((part) => columnsOf(change, part)));
  return new Set(Array.from(columns).filter((column) => excludesColumn(rules, change, column)));
}

/** Returns the columns that an image has, and those that the carrier left out of it. */
function columnsOf({ omitted, ...images }: Change, part: ImageName): string[] {
  return [...Object.keys(images[part] ?? {}), ...Object.keys(omitted?.[part] ?? {})];
}

function withoutColumns(change: Change, excluded: ReadonlySet<string>): Change {
  if (excluded.size === 0) return change;
  // Replaces any other reason, which would reveal something of the value: that it is large and
  // unchanged, or cannot be carried.
  const omittedOf = (part: ImageName): OmittedColumns => {
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
