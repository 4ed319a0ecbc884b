import { excludesColumn, IMAGES, includesTable, NO_RULES } from "@etrap/proof";
import type { Rules } from "@etrap/proof";
import type { Change } from "../ports.ts";

/** A rule that has matched nothing so far, which may be a typing error. */
export interface UnmatchedRule {
  /** The path of the option that holds it, such as `rules.included_tables`. */
  readonly member: string;
  /** The glob, or the names of all operations that are included. */
  readonly rule: string;
  /** The number of changes that came in this run. */
  readonly changes: number;
}

/** Watches which rules match anything, at the beginning of a run. Reports each rule once. */
export interface RuleWatch {
  /** Notes a change that came at this time, and whether the rules let it be recorded. */
  saw(change: Change, at: { readonly now: number; readonly isTaken: boolean }): void;
  /** Returns the rules to report after a thousand changes. Empty before. */
  whenMany(): UnmatchedRule[];
  /**
   * Returns the rules to report when the source has nothing more at this time: all of them once the
   * snapshot is over, and otherwise those that let nothing through so far.
   */
  whenIdle(now: number): UnmatchedRule[];
  /** Returns the rules to report at the end of a run that has seen any change. */
  whenOver(): UnmatchedRule[];
}

/** The rules to watch. */
export interface WatchedRules {
  readonly rules: Rules;
  /** The globs of the table policies. */
  readonly policyGlobs: readonly string[];
}

/** The number of changes after which a rule that has matched none is reported. */
const MANY_CHANGES = 1_000;

/** The quiet time after which a snapshot that no change follows is taken to be over. */
const QUIET_MS = 60_000;

interface WatchedRule {
  readonly member: string;
  readonly rule: string;
  /** Whether nothing is recorded unless a rule of this list matches. */
  readonly isInclusion: boolean;
  /** Whether the rule matches a change, of which these columns were not seen before. */
  matches(change: Change, newColumns: readonly string[]): boolean;
}

/** Creates a watch that has seen no change. */
export function createRuleWatch(watched: WatchedRules): RuleWatch {
  let unmatched = watchedRules(watched);
  const columns = new Map<string, Set<string>>();
  let [changes, taken, lastAt] = [0, 0, 0];
  /** The progress of the snapshot, as far as the changes tell. */
  let snapshot: "none" | "running" | "followed" = "none";

  const take = (isTaken: (rule: WatchedRule) => boolean): UnmatchedRule[] => {
    if (changes === 0) return [];
    const found = unmatched.filter(isTaken);
    unmatched = unmatched.filter((rule) => !isTaken(rule));
    return found.map(({ member, rule }) => ({ member, rule, changes }));
  };
  const takeAll = (): UnmatchedRule[] => take(() => true);

  return {
    saw(change, { now, isTaken }) {
      if (unmatched.length === 0) return;
      changes += 1;
      lastAt = now;
      if (isTaken) taken += 1;
      if (change.operation === "SNAPSHOT") snapshot = "running";
      else if (snapshot === "running") snapshot = "followed";
      const fresh = isTaken ? newColumns(columns, change) : [];
      unmatched = unmatched.filter((rule) => !rule.matches(change, fresh));
    },
    whenMany: () => (changes >= MANY_CHANGES ? takeAll() : []),
    whenIdle(now) {
      // Debezium may be slower than this reader, so an idle source alone does not end a snapshot.
      const isQuiet = Math.abs(now - lastAt) >= QUIET_MS;
      if (snapshot === "followed" || (snapshot === "running" && isQuiet)) return takeAll();
      return taken === 0 ? take(({ isInclusion }) => isInclusion) : [];
    },
    whenOver: takeAll,
  };
}

function watchedRules({ rules, policyGlobs }: WatchedRules): WatchedRule[] {
  const { included_tables, excluded_tables, included_operations, excluded_columns } = rules;
  const tableRule = (member: string, rule: string): WatchedRule => {
    const only = { ...NO_RULES, included_tables: [rule] };
    return { member, rule, isInclusion: false, matches: (change) => includesTable(only, change) };
  };
  const columnRule = (rule: string): WatchedRule => {
    const only = { ...NO_RULES, excluded_columns: [rule] };
    const matches: WatchedRule["matches"] = (change, fresh) =>
      fresh.some((column) => excludesColumn(only, change, column));
    return { member: "rules.excluded_columns", rule, isInclusion: false, matches };
  };
  // Its names are checked, so a single one that does not occur is no typing error.
  const operationRule = (names: readonly string[]): WatchedRule => ({
    member: "rules.included_operations",
    rule: names.join(", "),
    isInclusion: true,
    matches: ({ operation }) => names.includes(operation),
  });
  return [
    ...(included_tables ?? []).map((glob) => ({ ...tableRule("rules.included_tables", glob), isInclusion: true })),
    ...excluded_tables.map((glob) => tableRule("rules.excluded_tables", glob)),
    ...(included_operations === null ? [] : [operationRule(included_operations)]),
    ...excluded_columns.map(columnRule),
    ...policyGlobs.map((glob, index) => tableRule(`tablePolicies[${index}].tables`, glob)),
  ];
}

/** Notes the columns of a change. Returns those that its table was not seen with before. */
function newColumns(seen: Map<string, Set<string>>, { schema, table, omitted, ...images }: Change): string[] {
  const name = `${schema}.${table}`;
  const known = seen.get(name) ?? new Set();
  seen.set(name, known);
  const columns = IMAGES.flatMap((part) => [...Object.keys(images[part] ?? {}), ...Object.keys(omitted?.[part] ?? {})]);
  const fresh = [...new Set(columns)].filter((column) => !known.has(column));
  for (const column of fresh) known.add(column);
  return fresh;
}
