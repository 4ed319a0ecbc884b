import type { Rules } from "@etrap/proof";
import { isRuleName, MAX_RULE_NAMES } from "@etrap/proof/write";
import type { OptionProblem } from "./option-problem.ts";

/** One list of the rules, and the condition that its names must meet. */
interface RuleList {
  readonly member: keyof Rules;
  readonly names: readonly string[] | null;
  readonly meaning: string;
  readonly isMeaningful: (name: string) => boolean;
}

/** The operations that `included_operations` may name. POISON and GAP are always recorded. */
const OPERATIONS: ReadonlySet<string> = new Set(["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE"]);

/** The largest size of all rules together: half of a header, so that the rest has room. */
const MAX_RULES_BYTES = 1 << 19;

const TABLE = "a glob that can match schema.table, such as public.account or *.account";
const COLUMN = "a glob that can match schema.table.column, such as public.account.iban or *.iban";
const OPERATION = `one of ${Array.from(OPERATIONS).join(", ")}`;

/**
 * Returns every problem of rules: names that no header can hold, operations that no record has, and
 * globs that can match nothing. Such a glob is a mistake, which would record what was meant to be
 * left out.
 */
export function ruleProblems(rules: Rules): OptionProblem[] {
  const isTable = (name: string): boolean => canHaveDots(name, 1);
  const isColumn = (name: string): boolean => canHaveDots(name, 2);
  const isOperation = (name: string): boolean => OPERATIONS.has(name);
  const lists: RuleList[] = [
    { member: "included_tables", names: rules.included_tables, meaning: TABLE, isMeaningful: isTable },
    { member: "excluded_tables", names: rules.excluded_tables, meaning: TABLE, isMeaningful: isTable },
    {
      member: "included_operations",
      names: rules.included_operations,
      meaning: OPERATION,
      isMeaningful: isOperation,
    },
    { member: "excluded_columns", names: rules.excluded_columns, meaning: COLUMN, isMeaningful: isColumn },
  ];
  const problems = lists.flatMap(listProblems);
  const isTooLarge = new TextEncoder().encode(JSON.stringify(rules)).length > MAX_RULES_BYTES;
  if (problems.length > 0 || !isTooLarge) return problems;
  return [{ member: "rules.excluded_columns", expected: `at most ${MAX_RULES_BYTES} bytes for all rules together` }];
}

function listProblems({ member: list, names, meaning, isMeaningful }: RuleList): OptionProblem[] {
  const member = `rules.${list}`;
  if (names === null) return [];
  if (names.length > MAX_RULE_NAMES)
    return [{ member, expected: `at most ${MAX_RULE_NAMES} names, got ${names.length}` }];
  return names.flatMap((name, index) => {
    if (!isRuleName(name)) return [{ member, index, expected: "a name of 1 to 1024 characters" }];
    return isMeaningful(name) ? [] : [{ member, index, expected: meaning }];
  });
}

/** Whether a glob can match a name with this many dots. */
function canHaveDots(glob: string, dots: number): boolean {
  return glob.includes("*") || glob.replaceAll(/[^.?]/g, "").length >= dots;
}
