import type { Rules } from "@etrap/proof";
import { parseHeader, verifyBatch } from "@etrap/proof";
import fc from "fast-check";
import { expect, test } from "vitest";
import { faultsOfRules } from "./faults-of-rules.ts";
import { seal } from "../sealing/seal.ts";
import { sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";

const NONE = sampleWriter.rules;

test.each<Partial<Rules>>([
  {},
  { included_tables: [] },
  { included_tables: ["public.*", "*", "*x", "a?b", "a??b"], excluded_tables: ["public.account"] },
  { included_operations: ["INSERT", "UPDATE", "DELETE", "SNAPSHOT", "TRUNCATE"] },
  { excluded_columns: ["public.account.iban", "*.iban", "*", "a.b?c", "a?b?c"] },
  { excluded_tables: Array.from({ length: 10_000 }, () => "public.a") },
])("accepts %o", (members) => {
  const rules = { ...NONE, ...members };
  expect(faultsOfRules(rules)).toEqual([]);
});

test.each<[string, Partial<Rules>]>([
  ["an empty name", { included_tables: [""] }],
  ["a name beyond its bound", { excluded_tables: [`public.${"x".repeat(1018)}`] }],
  ["a lone surrogate", { excluded_columns: ["public.account.\ud800"] }],
  ["more names than a header holds", { excluded_tables: Array.from({ length: 10_001 }, () => "public.a") }],
  ["an operation that no record has", { included_operations: ["INSERT", "UPSERT"] }],
  ["an operation in small letters", { included_operations: ["insert"] }],
  ["an operation that no rule leaves out", { included_operations: ["POISON"] }],
  ["a table without its schema", { excluded_tables: ["account"] }],
  ["a column without its table", { excluded_columns: ["iban"] }],
  ["a column without its schema", { excluded_columns: ["account.iban"] }],
])("refuses %s", (_, members) => {
  const [member] = Object.keys(members);
  expect(faultsOfRules({ ...NONE, ...members }).map((fault) => fault.member)).toEqual([member]);
});

test("refuses rules that leave no room in the header", () => {
  const excluded_columns = Array.from({ length: 600 }, () => `public.account.${"x".repeat(1_000)}`);
  expect(faultsOfRules({ ...NONE, excluded_columns })).toHaveLength(1);
});

test("names every fault at once, by its place and not by its name", () => {
  const faults = faultsOfRules({
    included_tables: ["public.a", "secret"],
    excluded_tables: ["", "secret"],
    included_operations: ["SECRET"],
    excluded_columns: ["public.secret"],
  });
  expect(faults.map(({ member, expected }) => [member, /number (\d)/.exec(expected)?.[1]])).toEqual([
    ["included_tables", "2"],
    ["excluded_tables", "1"],
    ["excluded_tables", "2"],
    ["included_operations", "1"],
    ["excluded_columns", "1"],
  ]);
  expect(JSON.stringify(faults)).not.toMatch(/secret/i);
});

test("what is accepted can be sealed and read", () => {
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
  const inputs = { sealedAt: 1, randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
  const chain = { database: "erp", schema: "public", table: "account" };
  const delivery = { ...sampleDelivery(sampleChange(0), "1-0", "s"), entry: sampleChange(0) };
  fc.assert(
    fc.property(aRules, (rules) => {
      const writer = { ...sampleWriter, rules };
      const { slot, data } = seal({ chain, stream: "s", deliveries: [delivery] }, undefined, writer, inputs);
      expect(parseHeader(slot.bytes).rules).toEqual(rules);
      expect(verifyBatch({ slot: slot.bytes, batchData: data.bytes }).rows).toHaveLength(1);
    }),
    { numRuns: 50 },
  );
});
