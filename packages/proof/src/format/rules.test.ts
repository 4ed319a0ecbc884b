import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  excludesColumn,
  includesOperation,
  includesTable,
  isRuleName,
  matchesGlob,
  NO_RULES,
  withholdsEntries,
} from "./rules.ts";

const account = { schema: "public", table: "account" };
const control = { schema: null, table: null };

/** The shortest definition of a glob. Its cost is exponential. */
function matches([wanted, ...glob]: readonly string[], name: readonly string[]): boolean {
  if (wanted === undefined) return name.length === 0;
  const [first, ...rest] = name;
  if (wanted === "*") return matches(glob, name) || (first !== undefined && matches([wanted, ...glob], rest));
  return first !== undefined && (wanted === "?" || wanted === first) && matches(glob, rest);
}

describe("a glob", () => {
  const text = (maxLength: number, ...more: string[]): fc.Arbitrary<string> =>
    fc.string({ unit: fc.constantFrom("a", "b", ".", "\u{1F600}", "\u{1F601}", "é", ...more), maxLength });

  test("matches as the recursive definition does, code point by code point", () => {
    fc.assert(
      fc.property(text(8, "*", "?", "*"), text(8, "*", "?"), (glob, name) => {
        expect(matchesGlob(glob, name)).toBe(matches(Array.from(glob), Array.from(name)));
      }),
      { numRuns: 20_000 },
    );
  });

  test("matches a name in which parts were replaced by stars and question marks", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text(5), fc.constantFrom("text", "star", "mark"))), (parts) => {
        const glob = parts.map(([part, kind]) =>
          kind === "star" ? "*" : kind === "mark" ? "?".repeat(Array.from(part).length) : part,
        );
        expect(matchesGlob(glob.join(""), parts.map(([part]) => part).join(""))).toBe(true);
      }),
    );
  });

  test.each([
    ["public.account", "public.account", true],
    ["public.account", "public.accounts", false],
    ["public.account", "xpublic.account", false],
    ["public.account", "public_account", false],
    ["Public.account", "public.account", false],
    ["*", "", true],
    ["", "", true],
    ["", "a", false],
    ["?", "", false],
    ["public.*", "public.a.b/c", true],
    ["*.account", "audit.account", true],
    ["*.account", "account", false],
    ["public.account_20??", "public.account_2025", true],
    ["public.account_20??", "public.account_205", false],
    ["a?c", "a\u{1F600}c", true],
    ["a??c", "a\u{1F600}c", false],
    ["*??", "\u{1F600}", false],
    ["?", "\ud83d", true],
    // Only the star and the question mark are special.
    ["a[bc]", "ab", false],
    ["a[bc]", "a[bc]", true],
    ["{a,b}", "a", false],
    ["a\\*", "a*", false],
    ["a\\*", "a\\b", true],
    ["!a", "b", false],
    [".*", "ab", false],
    ["a+", "aa", false],
    ["**/a", "x/a", true],
    ["é", "e\u0301", false],
  ])("%j on %j: %j", (glob, name, expected) => {
    expect(matchesGlob(glob, name)).toBe(expected);
  });

  test("is fast even if it was written to be slow", () => {
    expect(matchesGlob(`${"*a".repeat(511)}*b`, "a".repeat(2_000))).toBe(false);
    expect(matchesGlob(`${"*?".repeat(511)}b`, "a".repeat(2_000))).toBe(false);
    expect(matchesGlob(`*${"a".repeat(1_022)}b`, "a".repeat(5_000))).toBe(false);
  });
});

describe("tables", () => {
  test("all are included without rules", () => {
    expect(includesTable(NO_RULES, account)).toBe(true);
  });

  test("only those in included_tables are included", () => {
    const rules = { ...NO_RULES, included_tables: ["audit.*", "public.acc*"] };
    expect(includesTable(rules, account)).toBe(true);
    expect(includesTable(rules, { ...account, table: "order" })).toBe(false);
    expect(includesTable(rules, { ...account, schema: "other" })).toBe(false);
    expect(includesTable({ ...NO_RULES, included_tables: [] }, account)).toBe(false);
  });

  test("excluded_tables takes precedence over included_tables", () => {
    const rules = { ...NO_RULES, included_tables: ["public.*"], excluded_tables: ["*.account"] };
    expect(includesTable(rules, account)).toBe(false);
    expect(includesTable(rules, { ...account, table: "order" })).toBe(true);
    expect(includesTable({ ...NO_RULES, excluded_tables: ["account", "public"] }, account)).toBe(true);
  });

  test("no rule leaves out the control chain", () => {
    expect(includesTable({ ...NO_RULES, included_tables: [], excluded_tables: ["*"] }, control)).toBe(true);
  });
});

describe("operations", () => {
  test("only those in included_operations are included, by their whole names", () => {
    const rules = { ...NO_RULES, included_operations: ["INSERT", "SNAP*", "delete"] };
    expect(includesOperation(NO_RULES, "TRUNCATE")).toBe(true);
    expect(includesOperation(rules, "INSERT")).toBe(true);
    for (const operation of ["UPDATE", "SNAPSHOT", "DELETE"] as const)
      expect(includesOperation(rules, operation)).toBe(false);
  });

  test.each(["POISON", "GAP"] as const)("no rule leaves out %s", (operation) => {
    expect(includesOperation({ ...NO_RULES, included_operations: [] }, operation)).toBe(true);
  });
});

describe("columns", () => {
  const rules = { ...NO_RULES, excluded_columns: ["public.account.iban", "*.secret_*"] };

  test("those in excluded_columns are excluded, by schema, table and column", () => {
    expect(excludesColumn(rules, account, "iban")).toBe(true);
    expect(excludesColumn(rules, { ...account, table: "order" }, "secret_note")).toBe(true);
    expect(excludesColumn(rules, account, "id")).toBe(false);
    expect(excludesColumn(rules, { ...account, schema: "audit" }, "iban")).toBe(false);
    expect(excludesColumn({ ...NO_RULES, excluded_columns: ["iban"] }, account, "iban")).toBe(false);
    expect(excludesColumn(rules, control, "secret_note")).toBe(false);
  });

  test("poison has no bytes if any column is excluded", () => {
    expect(withholdsEntries(rules)).toBe(true);
    expect(withholdsEntries({ ...NO_RULES, excluded_tables: ["*"] })).toBe(false);
  });
});

test.each(["", "x".repeat(1025), "\ud800", 1, null])("%j is no valid name in the rules", (name) => {
  expect(isRuleName(name)).toBe(false);
  expect(isRuleName("x".repeat(1024))).toBe(true);
});
