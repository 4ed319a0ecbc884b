import { describe, expect, test } from "vitest";
import type { Row } from "./batch-data.ts";
import { findRow } from "./find-row.ts";
import { hideColumns } from "./image.ts";
import { ERASED } from "./payload.ts";
import { sampleDocuments, sampleGap, samplePoison, sampleRow } from "./testing/sample-batch.ts";
import { verifyBatch } from "./verify-batch.ts";

const fields = sampleRow(3, { id: "3", owner: "Eve", amount: "1.0" }, "fields");
const { after } = fields.payload;
if (after === null || !("fields" in after)) throw new Error("expected fields");

const rows: readonly Row[] = [
  sampleRow(0, { id: "0", owner: "Ana" }),
  sampleRow(1, { id: "1", owner: "Ana", tags: ["a", null], active: true }),
  { ...sampleRow(2), payload: ERASED },
  { ...fields, payload: { ...fields.payload, after: hideColumns(after, new Set(["id"])) } },
  {
    record: { ...sampleRow(4).record, omitted: { after: { photo: "UNCHANGED_TOAST" } } },
    payload: sampleRow(4).payload,
  },
];
const verified = verifyBatch(sampleDocuments([sampleRow(0)]));
const find = (query: Parameters<typeof findRow>[1]): readonly (readonly number[])[] => {
  const { matches, undecided } = findRow({ ...verified, rows }, query);
  return [matches, undecided];
};

describe("by columns: one image must have them all", () => {
  test.each<[string, Parameters<typeof findRow>[1], number[], number[]]>([
    ["found in two changes", { columns: { owner: "Ana" } }, [0, 1], [2, 3]],
    ["both hold of one image", { columns: { owner: "Ana", id: "1" } }, [1], [2]],
    ["a list and a boolean", { columns: { tags: ["a", null], active: true } }, [1], [2]],
    ["a boolean is not its text", { columns: { active: "true" } }, [], [2]],
    ["a list of another order", { columns: { tags: [null, "a"] } }, [], [2]],
    ["a column that is nowhere", { columns: { colour: "red" } }, [], [2]],
    ["a shown column rules a change out", { columns: { id: "5", owner: "Eve" } }, [], [2]],
    ["a hidden column leaves it open", { columns: { id: "3", owner: "Ana" } }, [], [2, 3]],
    ["so does an omitted one", { columns: { id: "4", photo: "x" } }, [], [2, 4]],
    ["text is compared as it is written", { columns: { id: "00" } }, [], [2]],
    ["names that every object has", { columns: { constructor: "x" } }, [], [2]],
  ])("%s", (_, query, matches, undecided) => {
    expect(find(query)).toEqual([matches, undecided]);
  });
});

describe("by key: the whole key, and nothing else", () => {
  test.each<[string, Parameters<typeof findRow>[1], number[], number[]]>([
    ["found", { key: { id: "1" } }, [1], [2]],
    ["not in the images", { key: { owner: "Ana" } }, [], [2]],
    ["a key with more columns", { key: { id: "1", tenant: "a" } }, [], [2]],
    ["nobody's", { key: { id: "99" } }, [], [2]],
  ])("%s", (_, query, matches, undecided) => {
    expect(find(query)).toEqual([matches, undecided]);
  });
});

test("part of a key of two columns is not the key", () => {
  const row = sampleRow(1);
  const payload = { ...row.payload, key: { salt: "0".repeat(32), values: { id: "1", tenant: "a" } } };
  expect(findRow({ ...verified, rows: [{ ...row, payload }] }, { key: { id: "1" } })).toEqual({
    matches: [],
    undecided: [],
  });
});

test.each<[string, unknown]>([
  ["an empty one would match everything", { columns: {} }],
  ["an empty key", { key: {} }],
  ["a number", { key: { id: 1 } }],
  ["nothing", { key: { id: undefined } }],
  ["a lone surrogate", { columns: { id: "\ud800" } }],
  ["key and columns together", { key: { id: "1" }, columns: { owner: "Ana" } }],
])("a query that no record can hold is refused: %s", (_, query) => {
  for (const batch of [
    { ...verified, rows },
    { ...verified, rows: [] },
  ]) {
    expect(() => Reflect.apply(findRow, undefined, [batch, query])).toThrow(
      expect.objectContaining({ code: "BAD_ARGUMENT", place: "query" }),
    );
  }
});

test("a change without a key may be of any row, but a truncate is of none", () => {
  const { record, payload } = sampleRow(1);
  const keyless = { record: { ...record, key: null }, payload: { ...payload, key: null } };
  const truncate = { record: { ...keyless.record, operation: "TRUNCATE" as const, after: null }, payload: ERASED };
  expect(findRow({ ...verified, rows: [keyless, truncate] }, { key: { id: "1" } })).toEqual({
    matches: [],
    undecided: [0],
  });
});

test("a row that was not recorded as it was before may have been any", () => {
  const insert = sampleRow(1);
  const update = { ...insert, record: { ...insert.record, operation: "UPDATE" as const } };
  expect(findRow({ ...verified, rows: [insert, update] }, { columns: { owner: "old" } })).toEqual({
    matches: [],
    undecided: [1],
  });
  // Its key was the same, or the change would be a deletion and an insertion.
  const findId = (id: string): unknown => findRow({ ...verified, rows: [update] }, { columns: { id, owner: "old" } });
  expect(findId("1")).toEqual({ matches: [], undecided: [0] });
  expect(findId("2")).toEqual({ matches: [], undecided: [] });
});

test("an image of which everything was left out leaves it open", () => {
  const { record, payload } = sampleRow(1);
  const left = { ...record, key: null, after: null, omitted: { after: { owner: "LOSSY_TYPE" } } };
  const rowsLeft = [{ record: left, payload: { ...payload, key: null, after: null } }];
  expect(findRow({ ...verified, rows: rowsLeft }, { columns: { owner: "Ana" } })).toEqual({
    matches: [],
    undecided: [0],
  });
});

test("a column that is shown is not counted again because it is called omitted", () => {
  const row = sampleRow(1);
  const both = { ...row, record: { ...row.record, omitted: { key: { id: "LOSSY_TYPE" } } } };
  expect(findRow({ ...verified, rows: [both] }, { key: { id: "1" } }).matches).toEqual([0]);
});

test.each([samplePoison, sampleGap])("what stands in the control chain has no row", (sample) => {
  const batch = verifyBatch(sampleDocuments([sample(0)]));
  for (const query of [{ columns: { id: "1" } }, { key: { id: "1" } }])
    expect(findRow(batch, query)).toEqual({ matches: [], undecided: [] });
});
