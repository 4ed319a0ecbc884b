import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { Row } from "./batch-data.ts";
import { batchId } from "./header.ts";
import type { Header } from "./header.ts";
import { ProofError } from "./proof-error.ts";
import { encodeProofFile } from "./proof-file.ts";
import { misplacedRows } from "./testing/misplaced-rows.ts";
import { aProofFile, aSpoiltProofFile } from "./testing/proof-files.ts";
import { sampleHeader, samplePoison, sampleWithheldPoison } from "./testing/sample-batch.ts";
import { verifyProof } from "./verify-proof.ts";

const SCRIPT = join(import.meta.dirname, "../conformance/verify.py");

interface Answer {
  readonly verdict: string;
  readonly code: string | null;
}

function ours(file: Uint8Array): Answer {
  try {
    return { verdict: verifyProof(file).verdict, code: null };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return { verdict: error.verdict, code: error.code };
  }
}

/** What `conformance/verify.py` says of each file: another program, in another language, written from FORMAT.md. */
function theirs(files: readonly Uint8Array[]): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), "etrap-conformance-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const paths = files.map((_, index) => join(folder, `${index}.etrap.json`));
  for (const [index, file] of files.entries()) writeFileSync(paths[index] ?? "", file);
  const { stdout, stderr, status } = spawnSync("python3", [SCRIPT, ...paths], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (status === null || stderr !== "") throw new Error(`python3 ended with ${status}: ${stderr}`);
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => {
    const { verdict, code }: Answer = JSON.parse(line);
    return { verdict, code };
  });
}

test("the Python script agrees on 1,000 true files", { timeout: 120_000 }, () => {
  const files = fc.sample(aProofFile, { numRuns: 1_000, seed: 1 }).map(encodeProofFile);
  expect(theirs(files)).toEqual(files.map(() => ({ verdict: "pending", code: null })));
  expect(files.map(ours)).toEqual(files.map(() => ({ verdict: "pending", code: null })));
});

test("the Python script agrees on rows that may stand in no batch, or in none under such rules", () => {
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
  expect(files.map(ours)).toEqual(expected);
  expect(theirs(files)).toEqual(expected);
});

test("the Python script agrees on 1,000 spoilt files", { timeout: 120_000 }, () => {
  const files = fc.sample(aSpoiltProofFile, { numRuns: 1_000, seed: 2 });
  const expected = files.map(ours);
  const answers = theirs(files);
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
