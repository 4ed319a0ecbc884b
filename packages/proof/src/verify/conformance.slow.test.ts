import fc from "fast-check";
import { expect, test } from "vitest";
import { aProofFile, aSpoiltProofFile } from "../fixtures/proof-files.ts";
import { ourAnswer, pythonAnswers } from "../fixtures/python-verifier.node.ts";
import { encodeProofFile } from "../format/proof-file.ts";

test("the Python script agrees on 1,000 true files", { timeout: 240_000 }, () => {
  const files = fc.sample(aProofFile, { numRuns: 1_000, seed: 1 }).map(encodeProofFile);
  const expected = files.map(() => ({ verdict: "pending", code: null }));
  expect(pythonAnswers(files)).toEqual(expected);
  expect(files.map(ourAnswer)).toEqual(expected);
});

test("the Python script agrees on 1,000 spoilt files", { timeout: 240_000 }, () => {
  const files = fc.sample(aSpoiltProofFile, { numRuns: 1_000, seed: 2 });
  const expected = files.map(ourAnswer);
  const answers = pythonAnswers(files);
  const different = files.flatMap((file, index) =>
    JSON.stringify(answers[index]) === JSON.stringify(expected[index])
      ? []
      : [{ ours: expected[index], theirs: answers[index], file: new TextDecoder().decode(file).slice(0, 6_000) }],
  );
  expect(different).toEqual([]);
  const codes = new Set(expected.map(({ code }) => code));
  for (const code of [
    "MALFORMED_DOCUMENT",
    "NOT_CANONICAL",
    "COMMITMENT_MISMATCH",
    "ROOT_MISMATCH",
    "HEADER_MISMATCH",
  ]) {
    expect(codes).toContain(code);
  }
  expect(expected.filter(({ verdict }) => verdict === "tampered").length).toBeGreaterThan(200);
});
