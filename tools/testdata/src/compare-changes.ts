import type { Image, Omissions, OmittedColumns, Value } from "@etrap/proof";
import { canonicalText, hstoreMap } from "./canonical-text.ts";
import { isLost, isNotSent, isNullInstead } from "./impossible.ts";
import { tableFacts, trueChanges } from "./truth.ts";
import type { TextRow, TrueChange } from "./truth.ts";

/** A change as a decoder returned it, or as the ledger holds it. */
export interface DecodedChange {
  readonly stream: string;
  readonly id: string;
  readonly operation: string;
  readonly schema: string | null;
  readonly table: string | null;
  readonly key: Image | null;
  readonly before: Image | null;
  readonly after: Image | null;
  readonly omitted: Omissions | null;
}

/**
 * Compares the decoded changes of a recording, each table's in order, with what PostgreSQL itself
 * printed. Returns a line for every difference: a change that is missing, doubled or out of order,
 * another value, or a column that was left out although its value is certain.
 */
export function compareChanges(recording: string, changes: readonly DecodedChange[]): string[] {
  const expected = trueChanges(recording);
  const actual = Map.groupBy(changes, ({ schema, table }) => `${schema}.${table}`);
  return Array.from(new Set([...expected.keys(), ...actual.keys()])).flatMap((table) =>
    compareTable(table, expected.get(table) ?? [], actual.get(table) ?? []),
  );
}

function compareTable(table: string, expected: readonly TrueChange[], actual: readonly DecodedChange[]): string[] {
  if (expected.length !== actual.length) return [`${table}: expected ${expected.length} changes, got ${actual.length}`];
  return expected.flatMap((truth, index) => {
    const change = actual[index];
    return change === undefined ? [] : compareChange(`${table} #${index}`, truth, change);
  });
}

function compareChange(place: string, truth: TrueChange, change: DecodedChange): string[] {
  const operation = change.operation === "SNAPSHOT" ? "INSERT" : change.operation;
  if (operation !== truth.operation) return [`${place}: expected ${truth.operation}, got ${change.operation}`];
  const { schema, table, omitted } = change;
  const facts = tableFacts(schema ?? "", table ?? "");
  const isFull = facts.replica_identity === "full";
  const row = truth.after ?? truth.before;
  const compare = (
    part: "key" | "before" | "after",
    expected: TextRow | null,
    mayOmit: (column: string) => boolean,
  ): string[] =>
    compareImage({
      place: `${place}.${part}`,
      table: table ?? "",
      types: facts.columns,
      expected,
      actual: change[part],
      omitted: omitted?.[part],
      mayOmit,
    });

  const keyRow =
    row && truth.key.length > 0 ? Object.fromEntries(truth.key.map((column) => [column, row[column] ?? null])) : null;
  const before = truth.operation === "DELETE" || isFull ? truth.before : null;
  return [
    ...compare("key", keyRow, () => false),
    // Without REPLICA IDENTITY FULL, only the key of a deleted row is known.
    ...compare("before", before, (column) => !isFull && !truth.key.includes(column)),
    ...compare(
      "after",
      truth.after,
      (column) => table === "toast_default" && omitted?.after?.[column] === "UNCHANGED_TOAST",
    ),
  ];
}

interface Comparison {
  readonly place: string;
  readonly table: string;
  readonly types: Readonly<Record<string, string>>;
  readonly expected: TextRow | null;
  readonly actual: Image | null;
  readonly omitted: OmittedColumns | undefined;
  readonly mayOmit: (column: string) => boolean;
}

function compareImage({ place, table, types, expected, actual, omitted, mayOmit }: Comparison): string[] {
  if (expected === null || actual === null)
    return expected === actual ? [] : [`${place}: expected ${expected && "an image"}, got ${actual && "an image"}`];
  const extra = Object.keys(actual).filter((column) => !Object.hasOwn(expected, column));
  const differences = Object.entries(expected).flatMap(([column, text]) => {
    const id = expected["id"];
    if (Object.hasOwn(actual, column)) {
      const type = Object.hasOwn(types, column) ? (types[column] ?? "text") : "text";
      const value = actual[column] ?? null;
      const isRight = isSame(type, text, value) || (value === null && isNullInstead(table, column, id));
      return isRight
        ? []
        : [
            `${place}.${column} (${type}): expected ${JSON.stringify(canonicalText(type, text))}, got ${JSON.stringify(value)}`,
          ];
    }
    if (omitted !== undefined && Object.hasOwn(omitted, column)) {
      return mayOmit(column) || isLost(table, column, id) || isNotSent(table, column)
        ? []
        : [`${place}.${column}: left out (${omitted[column]}), but could be known`];
    }
    return [`${place}.${column}: missing, and not named in omitted`];
  });
  return [...extra.map((column) => `${place}.${column}: not a column of this row`), ...differences];
}

function isSame(type: string, text: string | null, value: Value): boolean {
  if (type !== "hstore" || text === null) return JSON.stringify(canonicalText(type, text)) === JSON.stringify(value);
  if (typeof value !== "string") return false;
  const pairs = Object.entries<string | null>(JSON.parse(value));
  const expected = hstoreMap(text);
  return pairs.length === expected.size && pairs.every(([key, member]) => expected.get(key) === member);
}
