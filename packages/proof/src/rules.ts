import * as v from "valibot";
import { nameSchema } from "./document.ts";
import type { Operation } from "./record.ts";

/** What a writer leaves out, as globs (see `matchesGlob`). Empty lists and null leave nothing out. */
export interface Rules {
  /** Globs for `schema.table`; null includes all. */
  readonly included_tables: readonly string[] | null;
  /** Globs for `schema.table`; they outdo the included ones. */
  readonly excluded_tables: readonly string[];
  /** Names of operations; null includes all. */
  readonly included_operations: readonly string[] | null;
  /** Globs for `schema.table.column`. */
  readonly excluded_columns: readonly string[];
}

/** A table, or the control chain, where both are null. */
interface TableName {
  readonly schema: string | null;
  readonly table: string | null;
}

/** How many names each list of the rules may have. */
export const MAX_RULE_NAMES = 10_000;

const names = v.pipe(v.array(nameSchema), v.maxLength(MAX_RULE_NAMES));

export const rulesSchema: v.GenericSchema<unknown, Rules> = v.strictObject({
  included_tables: v.nullable(names),
  excluded_tables: names,
  included_operations: v.nullable(names),
  excluded_columns: names,
});

/** Whether a name may stand in the rules: 1 to 1024 UTF-16 units, no lone surrogate. */
export function isRuleName(name: unknown): name is string {
  return v.is(nameSchema, name);
}

/** Whether the changes of a table are recorded. What belongs to no table is: no rule leaves it out. */
export function includesTable(rules: Rules, { schema, table }: TableName): boolean {
  if (schema === null || table === null) return true;
  const name = `${schema}.${table}`;
  return (
    (rules.included_tables === null || matchesAny(rules.included_tables, name)) &&
    !matchesAny(rules.excluded_tables, name)
  );
}

/** Whether changes of this operation are recorded. POISON and GAP are: nobody knows of what operations they were. */
export function includesOperation({ included_operations: included }: Rules, operation: Operation): boolean {
  return operation === "POISON" || operation === "GAP" || included === null || included.includes(operation);
}

/** Whether a column is left out of every image of its table. */
export function excludesColumn(rules: Rules, { schema, table }: TableName, column: string): boolean {
  return schema !== null && table !== null && matchesAny(rules.excluded_columns, `${schema}.${table}.${column}`);
}

/** Whether an entry that was not understood is recorded without its bytes: nobody can tell which columns stand in them. */
export function withholdsEntries({ excluded_columns }: Rules): boolean {
  return excluded_columns.length > 0;
}

function matchesAny(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => matchesGlob(glob, name));
}

/**
 * Whether a glob matches the whole name: `*` stands for any run of characters, dots and none included, `?` for one code point, everything else
 * for itself. There is no escape, no class, no brace: libraries (picomatch, minimatch) treat `/`, `.` and `{` in ways of their own, and what a
 * stored rule means must not depend on a library's version. Costs at most the product of the lengths, whoever wrote the glob.
 */
export function matchesGlob(glob: string, name: string): boolean {
  let [at, from] = [0, 0];
  // Where to try again: behind the last star, one character later. No star before it needs another try.
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
