import { expect, test } from "vitest";
import { encodeCanonical } from "../bytes/canonical-json.ts";
import { batchId, encodeHeader, headerDigest, parseHeader } from "./header.ts";
import { sampleHeader, sampleRow } from "../fixtures/sample-batch.ts";

const first = sampleHeader([sampleRow(0), sampleRow(1)]);
const second = sampleHeader([sampleRow(2)], first);

test("parses back from its bytes", () => {
  for (const header of [first, second]) expect(parseHeader(encodeHeader(header))).toEqual(header);
});

test("the batch id is made of the sealing day and the digest", () => {
  expect(batchId(first)).toBe(`BATCH-2025-06-13-${headerDigest(first).slice(0, 16)}-T0`);
});

test("every member is part of the digest", () => {
  const changed = { ...first, agent: "etrap/0.0.1" };
  expect(headerDigest(changed)).not.toBe(headerDigest(first));
});

test.each<[string, object]>([
  ["a table without a schema", { schema: null }],
  ["a schema without a table", { table: null }],
  ["a first batch with one before it", { previous: second.previous }],
  ["a later batch without one before it", { seq: 1 }],
  ["a table's name beyond 255 bytes", { table: "数".repeat(86) }],
  ["an empty database", { database: "" }],
  ["no leaves", { leaf_count: 0 }],
  ["too many leaves", { leaf_count: 100_001 }],
  ["a negative seq", { seq: -1 }],
  ["a time after the year 9999", { sealed_at: 253_402_300_800_000 }],
  ["another hash", { hash: "sha1" }],
  ["an invalid position", { first_position: "first" }],
  ["ranges beyond their bound", { covered: { s: Array.from({ length: 17 }, () => [0, "1", "2"]) } }],
  ["an epoch beyond its bound", { epoch: 65_536 }],
  ["an operation counted zero times", { operations: { INSERT: 0 } }],
  ["an empty name in the rules", { rules: { ...first.rules, excluded_tables: [""] } }],
  [
    "rules beyond their bound",
    { rules: { ...first.rules, excluded_columns: Array.from({ length: 10_001 }, () => "a") } },
  ],
  ["rules without a list", { rules: { ...first.rules, excluded_columns: null } }],
  ["an additional member", { note: "" }],
  ["a missing member", { agent: undefined }],
])("refuses %s", (_, change) => {
  const bytes = encodeCanonical({ ...first, ...change });
  expect(() => parseHeader(bytes)).toThrow(expect.objectContaining({ name: "ProofError" }));
});

test("refuses more than a megabyte", () => {
  expect(() => parseHeader(new Uint8Array((1 << 20) + 1))).toThrow(expect.objectContaining({ code: "TOO_LARGE" }));
});
