import { isRuleName, MAX_RULE_NAMES } from "@etrap/proof/write";
import type { Rules } from "@etrap/proof";

/** One thing that is wrong with rules; holds no name of theirs. */
export interface RulesFault {
  readonly member: keyof Rules;
  /** What was expected, and where. */
  readonly expected: string;
}

/** What `included_operations` may name. POISON and GAP are always recorded. */
const OPERATIONS: ReadonlySet<string> = new Set(["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE"]);

/** Half of a header, so that the rest has room. */
const MAX_RULES_BYTES = 1 << 19;

const TABLE = "one that a schema.table can match, such as public.account or *.account";
const COLUMN = "one that a schema.table.column can match, such as public.account.iban or *.iban";

/**
 * Everything that is wrong with rules: names that no header holds, operations that no record has, and globs that nothing can match. Such a
 * glob is a mistake, and one that would record what was to be left out.
 */
export function faultsOfRules(rules: Rules): RulesFault[] {
  const isTable = (name: string): boolean => canHaveDots(name, 1);
  const faults = [
    ...faultsOf("included_tables", rules.included_tables ?? [], TABLE, isTable),
    ...faultsOf("excluded_tables", rules.excluded_tables, TABLE, isTable),
    ...faultsOf("included_operations", rules.included_operations ?? [], oneOf(OPERATIONS), (name) =>
      OPERATIONS.has(name),
    ),
    ...faultsOf("excluded_columns", rules.excluded_columns, COLUMN, (name) => canHaveDots(name, 2)),
  ];
  const isTooLarge = new TextEncoder().encode(JSON.stringify(rules)).length > MAX_RULES_BYTES;
  if (faults.length > 0 || !isTooLarge) return faults;
  return [{ member: "excluded_columns", expected: `all rules together within ${MAX_RULES_BYTES} bytes` }];
}

function faultsOf(
  member: keyof Rules,
  names: readonly string[],
  meaning: string,
  hasMeaning: (name: string) => boolean,
): RulesFault[] {
  if (names.length > MAX_RULE_NAMES)
    return [{ member, expected: `at most ${MAX_RULE_NAMES} names, got ${names.length}` }];
  return names.flatMap((name, index) => {
    if (!isRuleName(name)) return [{ member, expected: `a name of 1 to 1024 characters as number ${index + 1}` }];
    return hasMeaning(name) ? [] : [{ member, expected: `${meaning}, as number ${index + 1}` }];
  });
}

/** Whether a glob can match a name with so many dots. */
function canHaveDots(glob: string, dots: number): boolean {
  return glob.includes("*") || glob.replaceAll(/[^.?]/g, "").length >= dots;
}

function oneOf(names: ReadonlySet<string>): string {
  return `one of ${Array.from(names).join(", ")}`;
}
