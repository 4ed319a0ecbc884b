import type { Rules } from "@etrap/proof";
import { parseHeader, verifyBatch } from "@etrap/proof";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ruleProblems } from "./rule-problems.ts";
import { seal } from "../sealing/seal.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

const NONE = sampleWriter.rules;

test.each<Partial<Rules>>([
  {},
  { included_tables: [] },
  { included_tables: ["public.*", "*", "*x", "a?b", "a??b"], excluded_tables: ["public.account"] },
  { included_operations: ["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE"] },
  { excluded_columns: ["public.account.iban", "*.iban", "*", "a.b?c", "a?b?c"] },
  { excluded_tables: Array.from({ length: 10_000 }, () => "public.a") },
])("ruleProblems accepts %o", (members) => {
  const rules = { ...NONE, ...members };
  expect(ruleProblems(rules)).toEqual([]);
});

test.each<[string, Partial<Rules>]>([
  ["an empty name", { included_tables: [""] }],
  ["a name that is too long", { excluded_tables: [`public.${"x".repeat(1018)}`] }],
  ["a lone surrogate", { excluded_columns: ["public.account.\ud800"] }],
  ["more names than a header holds", { excluded_tables: Array.from({ length: 10_001 }, () => "public.a") }],
  ["an operation that no record has", { included_operations: ["INSERT", "UPSERT"] }],
  ["an operation in small letters", { included_operations: ["insert"] }],
  ["an operation that is always recorded", { included_operations: ["POISON"] }],
  ["a table without its schema", { excluded_tables: ["account"] }],
  ["a column without its table", { excluded_columns: ["iban"] }],
  ["a column without its schema", { excluded_columns: ["account.iban"] }],
])("ruleProblems refuses %s", (_, members) => {
  const [member] = Object.keys(members);
  expect(ruleProblems({ ...NONE, ...members }).map((problem) => problem.member)).toEqual([`rules.${member}`]);
});

test("ruleProblems refuses rules that leave no room in the header", () => {
  const excluded_columns = Array.from({ length: 600 }, () => `public.account.${"x".repeat(1_000)}`);
  expect(ruleProblems({ ...NONE, excluded_columns })).toHaveLength(1);
});

test("ruleProblems names every problem at once, by the place of the name and not by the name", () => {
  const problems = ruleProblems({
    included_tables: ["public.a", "secret"],
    excluded_tables: ["", "secret"],
    included_operations: ["SECRET"],
    excluded_columns: ["public.secret"],
  });
  expect(problems.map(({ member, index }) => [member, index])).toEqual([
    ["rules.included_tables", 1],
    ["rules.excluded_tables", 0],
    ["rules.excluded_tables", 1],
    ["rules.included_operations", 0],
    ["rules.excluded_columns", 0],
  ]);
  expect(JSON.stringify(problems)).not.toMatch(/secret/i);
});

test("rules that are accepted can be sealed and read", () => {
  const globs = fc.array(
    fc.string({ unit: "binary", maxLength: 40 }).map((text) => `*${text}`),
    { maxLength: 5 },
  );
  const aRules = fc.record({
    included_tables: fc.option(globs),
    excluded_tables: globs,
    included_operations: fc.option(fc.subarray(["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE"])),
    excluded_columns: globs,
  });
  const sealOptions = { sealedAt: 1, randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
  const chain = { database: "erp", schema: "public", table: "account" };
  const delivery = sampleArrival(sampleDelivery(sampleChange(0), "1-0", "s"));
  fc.assert(
    fc.property(aRules, (rules) => {
      const writer = { ...sampleWriter, rules };
      const { slot, data } = seal(
        { chain, stream: "s", deliveries: [delivery] },
        { previous: undefined, writer, ...sealOptions },
      );
      expect(parseHeader(slot.bytes).rules).toEqual(rules);
      expect(verifyBatch({ slot: slot.bytes, batchData: data.bytes }).rows).toHaveLength(1);
    }),
    { numRuns: 50 },
  );
});
