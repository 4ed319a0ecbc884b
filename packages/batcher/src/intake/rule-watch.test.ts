import type { Rules } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import type { Change } from "../ports.ts";
import { sampleChange } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";
import { createRuleWatch } from "./rule-watch.ts";
import type { RuleWatch } from "./rule-watch.ts";

const MINUTE = 60_000;

function watch(rules: Partial<Rules>, policyGlobs: readonly string[] = []): RuleWatch {
  return createRuleWatch({ rules: { ...sampleWriter.rules, ...rules }, policyGlobs });
}

/** Lets the watch see so many changes, at the time 0. */
function see(ruleWatch: RuleWatch, count: number, members: Partial<Change> = {}, isTaken = true): void {
  for (let number = 0; number < count; number += 1) ruleWatch.saw(sampleChange(number, members), { now: 0, isTaken });
}

const EVERY_LIST: Partial<Rules> = {
  included_tables: ["public.*", "public.acount"],
  excluded_tables: ["audit.*"],
  included_operations: ["DELETE", "TRUNCATE"],
  excluded_columns: ["*.iban", "*.owner"],
};
const EVERY_UNMATCHED = [
  ["rules.included_tables", "public.acount"],
  ["rules.excluded_tables", "audit.*"],
  ["rules.included_operations", "DELETE, TRUNCATE"],
  ["rules.excluded_columns", "*.iban"],
  ["tablePolicies[1].tables", "public.b*"],
];

describe("rules that match nothing are reported", () => {
  test("after a thousand changes, each once, with its option and the number of changes", () => {
    const ruleWatch = watch(EVERY_LIST, ["public.a*", "public.b*"]);
    see(ruleWatch, 999);
    expect(ruleWatch.whenMany()).toEqual([]);
    see(ruleWatch, 1);
    const found = ruleWatch.whenMany();
    expect(found.map(({ member, rule }) => [member, rule])).toEqual(EVERY_UNMATCHED);
    for (const { changes } of found) expect(changes).toBe(1_000);
    see(ruleWatch, 2_000);
    expect([ruleWatch.whenMany(), ruleWatch.whenIdle(MINUTE), ruleWatch.whenOver()]).toEqual([[], [], []]);
  });

  test("at the end of the run", () => {
    const ruleWatch = watch(EVERY_LIST, ["public.a*", "public.b*"]);
    see(ruleWatch, 3);
    expect(ruleWatch.whenOver().map(({ member, rule }) => [member, rule])).toEqual(EVERY_UNMATCHED);
  });

  test("by the end of the snapshot: once changes follow it and nothing more is there", () => {
    const ruleWatch = watch({ excluded_columns: ["*.iban"] });
    see(ruleWatch, 5, { operation: "SNAPSHOT" });
    // Debezium may be slower than the reader.
    expect(ruleWatch.whenIdle(1_000)).toEqual([]);
    see(ruleWatch, 1);
    expect(ruleWatch.whenIdle(1_000)).toMatchObject([{ rule: "*.iban", changes: 6 }]);
  });

  test("by the end of a snapshot that nothing follows for a minute", () => {
    const ruleWatch = watch({ excluded_columns: ["*.iban"] });
    see(ruleWatch, 5, { operation: "SNAPSHOT" });
    expect(ruleWatch.whenIdle(MINUTE - 1)).toEqual([]);
    expect(ruleWatch.whenIdle(MINUTE)).toMatchObject([{ rule: "*.iban" }]);
  });

  test("at once where they let nothing through; the others later", () => {
    const ruleWatch = watch({ included_tables: ["public.acount"], excluded_tables: ["audit.*"] });
    see(ruleWatch, 2, {}, false);
    expect(ruleWatch.whenIdle(0)).toMatchObject([{ member: "rules.included_tables", rule: "public.acount" }]);
    expect(ruleWatch.whenIdle(0)).toEqual([]);
    expect(ruleWatch.whenOver()).toMatchObject([{ member: "rules.excluded_tables" }]);
  });
});

describe("nothing is reported", () => {
  test("before any change came", () => {
    const ruleWatch = watch(EVERY_LIST, ["public.b*"]);
    expect([ruleWatch.whenMany(), ruleWatch.whenIdle(MINUTE), ruleWatch.whenOver()]).toEqual([[], [], []]);
  });

  test("of few changes while the source is idle", () => {
    const ruleWatch = watch(EVERY_LIST, ["public.b*"]);
    see(ruleWatch, 10);
    expect(ruleWatch.whenIdle(10 * MINUTE)).toEqual([]);
  });

  test("of rules that matched: a table, also one that is left out, one operation of several, any column", () => {
    const ruleWatch = watch(
      {
        included_tables: ["public.account"],
        excluded_tables: ["audit.*"],
        included_operations: ["INSERT", "DELETE"],
        excluded_columns: ["*.iban", "*.card", "*.pin"],
      },
      ["audit.*"],
    );
    see(ruleWatch, 1, { schema: "audit" }, false);
    see(ruleWatch, 1, { key: { iban: "1" } });
    see(ruleWatch, 1, { after: null, before: { pin: "1" }, omitted: { before: { card: "UNCHANGED_TOAST" } } });
    expect(ruleWatch.whenOver()).toEqual([]);
  });
});

test("a column rule that matches only in tables that are left out matches nothing", () => {
  const ruleWatch = watch({ excluded_columns: ["*.iban"] });
  see(ruleWatch, 1, { after: { iban: "1" } }, false);
  expect(ruleWatch.whenOver()).toHaveLength(1);
});
