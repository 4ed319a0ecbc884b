import { describe, expect, test } from "vitest";
import type { Row } from "../format/batch-data.ts";
import { findRow } from "./find-row.ts";
import { hideColumns } from "../format/image.ts";
import { ERASED } from "../format/payload.ts";
import { sampleDocuments, sampleGap, samplePoison, sampleRow } from "../fixtures/sample-batch.ts";
import { verifyBatch } from "../verify/verify-batch.ts";

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
const byColumns = <T>(values: T): { kind: "columns"; values: T } => ({ kind: "columns", values });
const byKey = <T>(values: T): { kind: "key"; values: T } => ({ kind: "key", values });
const verified = verifyBatch(sampleDocuments([sampleRow(0)]));
const find = (query: Parameters<typeof findRow>[1]): readonly (readonly number[])[] => {
  const { matches, undecided } = findRow({ ...verified, rows }, query);
  return [matches, undecided];
};

describe("a query by columns: one image must have them all", () => {
  test.each<[string, Parameters<typeof findRow>[1], number[], number[]]>([
    ["found in two changes", byColumns({ owner: "Ana" }), [0, 1], [2, 3]],
    ["both hold of one image", byColumns({ owner: "Ana", id: "1" }), [1], [2]],
    ["a list and a boolean", byColumns({ tags: ["a", null], active: true }), [1], [2]],
    ["a boolean is not its text", byColumns({ active: "true" }), [], [2]],
    ["a list of another order", byColumns({ tags: [null, "a"] }), [], [2]],
    ["a column that is nowhere", byColumns({ colour: "red" }), [], [2]],
    ["a shown column rules a change out", byColumns({ id: "5", owner: "Eve" }), [], [2]],
    ["a hidden column leaves it open", byColumns({ id: "3", owner: "Ana" }), [], [2, 3]],
    ["so does an omitted one", byColumns({ id: "4", photo: "x" }), [], [2, 4]],
    ["text is compared as it is written", byColumns({ id: "00" }), [], [2]],
    ["names that every object has", byColumns({ constructor: "x" }), [], [2]],
  ])("%s", (_, query, matches, undecided) => {
    expect(find(query)).toEqual([matches, undecided]);
  });
});

describe("a query by key: the key must have these columns and no others", () => {
  test.each<[string, Parameters<typeof findRow>[1], number[], number[]]>([
    ["found", byKey({ id: "1" }), [1], [2]],
    ["not in the images", byKey({ owner: "Ana" }), [], [2]],
    ["a key with more columns", byKey({ id: "1", tenant: "a" }), [], [2]],
    ["nobody's", byKey({ id: "99" }), [], [2]],
  ])("%s", (_, query, matches, undecided) => {
    expect(find(query)).toEqual([matches, undecided]);
  });
});

test("part of a key of two columns is not the key", () => {
  const row = sampleRow(1);
  const payload = { ...row.payload, key: { salt: "0".repeat(32), values: { id: "1", tenant: "a" } } };
  expect(findRow({ ...verified, rows: [{ ...row, payload }] }, byKey({ id: "1" }))).toEqual({
    matches: [],
    undecided: [],
  });
});

test.each<[string, unknown]>([
  ["an empty one would match everything", byColumns({})],
  ["an empty key", byKey({})],
  ["a number", byKey({ id: 1 })],
  ["nothing", byKey({ id: undefined })],
  ["a lone surrogate", byColumns({ id: "\ud800" })],
  ["another kind", { kind: "row", values: { id: "1" } }],
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

test("a change without a key may be of any row, but a TRUNCATE is of none", () => {
  const { record, payload } = sampleRow(1);
  const keyless = { record: { ...record, key: null }, payload: { ...payload, key: null } };
  const truncate = { record: { ...keyless.record, operation: "TRUNCATE" as const, after: null }, payload: ERASED };
  expect(findRow({ ...verified, rows: [keyless, truncate] }, byKey({ id: "1" }))).toEqual({
    matches: [],
    undecided: [0],
  });
});

test("a change without its image before may have changed any row", () => {
  const insert = sampleRow(1);
  const update = { ...insert, record: { ...insert.record, operation: "UPDATE" as const } };
  expect(findRow({ ...verified, rows: [insert, update] }, byColumns({ owner: "old" }))).toEqual({
    matches: [],
    undecided: [1],
  });
  // The key was the same: a change of the key is recorded as a DELETE and an INSERT.
  const findId = (id: string): unknown => findRow({ ...verified, rows: [update] }, byColumns({ id, owner: "old" }));
  expect(findId("1")).toEqual({ matches: [], undecided: [0] });
  expect(findId("2")).toEqual({ matches: [], undecided: [] });
});

test("an image without any recorded column may be of any row", () => {
  const { record, payload } = sampleRow(1);
  const left = { ...record, key: null, after: null, omitted: { after: { owner: "LOSSY_TYPE" } } };
  const rowsLeft = [{ record: left, payload: { ...payload, key: null, after: null } }];
  expect(findRow({ ...verified, rows: rowsLeft }, byColumns({ owner: "Ana" }))).toEqual({
    matches: [],
    undecided: [0],
  });
});

test("a column that is both shown and omitted counts once", () => {
  const row = sampleRow(1);
  const both = { ...row, record: { ...row.record, omitted: { key: { id: "LOSSY_TYPE" } } } };
  expect(findRow({ ...verified, rows: [both] }, byKey({ id: "1" })).matches).toEqual([0]);
});

test.each([samplePoison, sampleGap])("a record of the control chain is of no row", (sample) => {
  const batch = verifyBatch(sampleDocuments([sample(0)]));
  for (const query of [byColumns({ id: "1" }), byKey({ id: "1" })])
    expect(findRow(batch, query)).toEqual({ matches: [], undecided: [] });
});
