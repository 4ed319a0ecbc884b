import * as v from "valibot";
import { nameSchema } from "./member-schemas.ts";
import type { Operation } from "./record.ts";

/**
 * The rules by which a writer leaves changes and columns out, as globs (see `matchesGlob`). Empty
 * lists and null leave nothing out.
 */
export interface Rules {
  /** Globs for `schema.table`. Null includes all. */
  readonly included_tables: readonly string[] | null;
  /** Globs for `schema.table`. They take precedence over `included_tables`. */
  readonly excluded_tables: readonly string[];
  /** Names of operations. Null includes all. */
  readonly included_operations: readonly string[] | null;
  /** Globs for `schema.table.column`. */
  readonly excluded_columns: readonly string[];
}

/** Rules that leave nothing out. */
export const NO_RULES: Rules = {
  included_tables: null,
  excluded_tables: [],
  included_operations: null,
  excluded_columns: [],
};

/** A table, or the control chain if both members are null. */
interface TableName {
  readonly schema: string | null;
  readonly table: string | null;
}

/** The largest number of names in each list of the rules. */
export const MAX_RULE_NAMES = 10_000;

const names = v.pipe(v.array(nameSchema), v.maxLength(MAX_RULE_NAMES));

export const rulesSchema: v.GenericSchema<unknown, Rules> = v.strictObject({
  included_tables: v.nullable(names),
  excluded_tables: names,
  included_operations: v.nullable(names),
  excluded_columns: names,
});

/** Whether the rules can hold a name: 1 to 1024 UTF-16 units without a lone surrogate. */
export function isRuleName(name: unknown): name is string {
  return v.is(nameSchema, name);
}

/** Whether the changes of a table are recorded. The control chain always is. */
export function includesTable(rules: Rules, { schema, table }: TableName): boolean {
  if (schema === null || table === null) return true;
  const name = `${schema}.${table}`;
  return (
    (rules.included_tables === null || matchesAny(rules.included_tables, name)) &&
    !matchesAny(rules.excluded_tables, name)
  );
}

/**
 * Whether changes of this operation are recorded. POISON and GAP always are, because the operations
 * behind them are unknown.
 */
export function includesOperation({ included_operations: included }: Rules, operation: Operation): boolean {
  return operation === "POISON" || operation === "GAP" || included === null || included.includes(operation);
}

/** Whether a column is left out of every image of its table. */
export function excludesColumn(rules: Rules, { schema, table }: TableName, column: string): boolean {
  return schema !== null && table !== null && matchesAny(rules.excluded_columns, `${schema}.${table}.${column}`);
}

/**
 * Whether poison is recorded without its bytes. It is if any column is excluded, because the bytes
 * may contain that column.
 */
export function withholdsEntries({ excluded_columns }: Rules): boolean {
  return excluded_columns.length > 0;
}

function matchesAny(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => matchesGlob(glob, name));
}

/**
 * Whether a glob matches the whole name. `*` stands for any run of characters, also an empty one or
 * one with dots; `?` stands for one code point; every other character stands for itself. There are
 * no escapes, classes or braces. Libraries (picomatch, minimatch) treat `/`, `.` and `{` specially,
 * and the meaning of a stored rule must not depend on a library's version. The cost is at most the
 * product of the two lengths, for any glob.
 */
export function matchesGlob(glob: string, name: string): boolean {
  let [at, from] = [0, 0];
  // On a mismatch, the last star takes one more character. Earlier stars never need another try.
  let [star, retry] = [-1, 0];
  while (from < name.length) {
    const wanted = glob[at];
    if (wanted === "*") [star, retry, at] = [at, from, at + 1];
    else if (wanted === "?") [at, from] = [at + 1, nextCodePoint(name, from)];
    else if (wanted === name[from]) [at, from] = [at + 1, from + 1];
    else if (star === -1) return false;
    else {
      retry = nextCodePoint(name, retry);
      [at, from] = [star + 1, retry];
    }
  }
  while (glob[at] === "*") at += 1;
  return at === glob.length;
}

function nextCodePoint(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}
