import fc from "fast-check";
import { expect, test } from "vitest";
import { misplacedRows } from "../fixtures/misplaced-rows.ts";
import { aProofFile, aSpoiltProofFile } from "../fixtures/proof-files.ts";
import { ourAnswer, pythonAnswers } from "../fixtures/python-verifier.node.ts";
import { sampleHeader, samplePoison, sampleWithheldPoison } from "../fixtures/sample-batch.ts";
import type { Row } from "../format/batch-data.ts";
import { batchId } from "../format/header.ts";
import type { Header } from "../format/header.ts";
import { encodeProofFile } from "../format/proof-file.ts";

test("the Python script agrees on 20 true files", () => {
  const files = fc.sample(aProofFile, { numRuns: 20, seed: 1 }).map(encodeProofFile);
  const expected = files.map(() => ({ verdict: "pending", code: null }));
  expect(pythonAnswers(files)).toEqual(expected);
  expect(files.map(ourAnswer)).toEqual(expected);
});

test("the Python script agrees on rows that may be in no batch, or in none under such rules", () => {
  const withRules = (row: Row, excluded_columns: string[]): [Row, Header] => {
    const header = sampleHeader([row]);
    return [row, { ...header, rules: { ...header.rules, excluded_columns } }];
  };
  const misplaced: [Row, Header][] = [
    ...misplacedRows.flatMap(([, row]) => [withRules(row, []), withRules(row, ["*.iban"])]),
    withRules(samplePoison(0), ["*.iban"]),
    withRules(sampleWithheldPoison(0), []),
  ];
  const files = misplaced.map(([row, header]) => {
    const inclusion = { leaf_index: 0, tree_size: 1, path: [] };
    const anchor = { kind: "pending" as const };
    return encodeProofFile({
      format: "etrap-proof/0",
      batch_id: batchId(header),
      ...row,
      inclusion,
      headers: [header],
      anchor,
    });
  });
  const expected = files.map(() => ({ verdict: "tampered", code: "HEADER_MISMATCH" }));
  expect(files.map(ourAnswer)).toEqual(expected);
  expect(pythonAnswers(files)).toEqual(expected);
});

test("the Python script agrees on 50 spoilt files", () => {
  const files = fc.sample(aSpoiltProofFile, { numRuns: 50, seed: 2 });
  expect(pythonAnswers(files)).toEqual(files.map(ourAnswer));
});
