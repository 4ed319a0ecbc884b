import { excludesColumn } from "@etrap/proof";
import type { Image, Omissions, Rules } from "@etrap/proof";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyRules } from "./apply-rules.ts";
import type { Change } from "../ports.ts";
import { sampleChange } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

const NONE = sampleWriter.rules;
const excluding = (...columns: string[]): Rules => ({ ...NONE, excluded_columns: columns });

const aColumn = fc.constantFrom("id", "iban", "owner", "__proto__", "constructor", "toString", "");
const anImage: fc.Arbitrary<Image | null> = fc.option(
  fc
    .uniqueArray(fc.tuple(aColumn, fc.constantFrom("1", null, true)), { selector: ([name]) => name })
    .map(Object.fromEntries),
);
const someOmitted = fc
  .uniqueArray(fc.tuple(aColumn, fc.constantFrom("UNCHANGED_TOAST", "OUT_OF_RANGE")), {
    minLength: 1,
    selector: ([name]) => name,
  })
  .map(Object.fromEntries);
const anOmission: fc.Arbitrary<Omissions | null> = fc.option(
  fc.record({ key: someOmitted, before: someOmitted, after: someOmitted }, { requiredKeys: [] }),
);
const aChange: fc.Arbitrary<Change> = fc
  .record({ key: anImage, before: anImage, after: anImage, omitted: anOmission })
  .map((members) => sampleChange(0, members));
const aRule = fc.constantFrom("*.iban", "*.id", "public.account.*", "*__*", "*.", "audit.*", "public.account.owner");

test("excluded columns are removed from every image and named, and nothing else is changed", () => {
  fc.assert(
    fc.property(aChange, fc.uniqueArray(aRule), (change, globs) => {
      const rules = excluding(...globs);
      const { key, before, after, omitted, ...facts } = changeOf(applyRules(change, rules));
      const { key: _, before: __, after: ___, omitted: hadOmitted, ...oldFacts } = change;
      expect(facts).toEqual(oldFacts);
      for (const [part, image] of Object.entries({ key, before, after })) {
        const [old, oldOmitted] = [
          Object.entries(change).find(([name]) => name === part)?.[1],
          entriesOf(part, hadOmitted),
        ];
        const isExcluded = ([column]: [string, unknown]): boolean => excludesColumn(rules, change, column);
        const values: [string, unknown][] = Object.entries(old ?? {});
        expect(image === null).toBe(old === null);
        expect(Object.entries(image ?? {})).toEqual(values.filter((each) => !isExcluded(each)));
        const named = [...values, ...oldOmitted].filter(isExcluded).map(([column]) => [column, "EXCLUDED"] as const);
        const kept = oldOmitted.filter((each) => !isExcluded(each));
        expect(new Map(entriesOf(part, omitted))).toEqual(new Map([...kept, ...named]));
      }
      expect(applyRules(changeOf(applyRules(change, rules)), rules)).toEqual(applyRules(change, rules));
    }),
    { numRuns: 500 },
  );
});

function changeOf(entry: ReturnType<typeof applyRules>): Change {
  if (entry.kind !== "change") throw new Error("expected a change");
  return entry;
}

function entriesOf(part: string, omitted: Omissions | null): [string, string][] {
  return Object.entries(Object.entries(omitted ?? {}).find(([name]) => name === part)?.[1] ?? {});
}

describe("excluded columns", () => {
  test("leave the rest of a key, and replace other reasons that reveal something of the value", () => {
    const change = sampleChange(0, {
      operation: "UPDATE",
      key: { id: "1", iban: "DE02" },
      before: { id: "1" },
      after: { id: "1", iban: "DE02", note: "x" },
      omitted: { before: { iban: "REPLICA_IDENTITY", note: "REPLICA_IDENTITY" }, after: { photo: "UNCHANGED_TOAST" } },
    });
    expect(applyRules(change, excluding("*.iban", "public.account.photo"))).toEqual({
      ...change,
      key: { id: "1" },
      after: { id: "1", note: "x" },
      omitted: {
        key: { iban: "EXCLUDED" },
        before: { iban: "EXCLUDED", note: "REPLICA_IDENTITY" },
        after: { iban: "EXCLUDED", photo: "EXCLUDED" },
      },
    });
  });

  test("of other tables have no effect on a change", () => {
    const change = sampleChange(0);
    expect(applyRules(change, excluding("audit.account.owner", "owner"))).toBe(change);
    expect(applyRules(change, NONE)).toBe(change);
  });

  test("withhold the bytes of poison, whatever table they belong to", () => {
    const poison = { kind: "poison", database: "erp", reason: "NOT_JSON" } as const;
    expect(applyRules(poison, excluding("audit.account.owner"))).toEqual({ ...poison, isWithheld: true });
    expect(applyRules(poison, NONE)).toEqual(poison);
  });

  test("do not change a gap, which has no bytes", () => {
    const gap = { kind: "gap", database: "erp", reason: "TRIMMED_UNREAD" } as const;
    expect(applyRules(gap, excluding("*"))).toEqual(gap);
  });
});

describe("an entry that the rules leave out", () => {
  const rules = { ...NONE, included_tables: ["public.*"], excluded_tables: ["*.log"], included_operations: ["INSERT"] };

  test.each<[string, Partial<Change>, string]>([
    ["a table that is excluded", { table: "log" }, "TABLE_EXCLUDED"],
    ["a table that is not included", { schema: "audit" }, "TABLE_EXCLUDED"],
    ["an operation that is not included", { operation: "UPDATE" }, "OPERATION_EXCLUDED"],
    ["a snapshot, where it is not included", { operation: "SNAPSHOT" }, "OPERATION_EXCLUDED"],
    ["a TRUNCATE, where it is not included", { operation: "TRUNCATE", after: null, key: null }, "OPERATION_EXCLUDED"],
    ["a table and an operation, which counts as the table", { schema: "audit", operation: "DELETE" }, "TABLE_EXCLUDED"],
  ])("becomes a skip: %s", (_, members, reason) => {
    expect(applyRules(sampleChange(0, members), rules)).toEqual({ kind: "skip", reason });
  });

  test("is never poison, a gap or a skip", () => {
    const poison = { kind: "poison", database: "erp", reason: "NOT_JSON" } as const;
    const gap = { kind: "gap", database: "erp", reason: "TRIMMED_UNREAD" } as const;
    const tombstone = { kind: "skip", reason: "TOMBSTONE" } as const;
    for (const entry of [sampleChange(0), poison, gap, tombstone]) expect(applyRules(entry, rules)).toEqual(entry);
    const nothing = { ...NONE, included_tables: [], included_operations: [] };
    for (const entry of [poison, gap]) expect(applyRules(entry, nothing)).toEqual(entry);
  });
});
