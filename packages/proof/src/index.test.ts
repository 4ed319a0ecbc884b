import { expect, test } from "vitest";
import * as proof from "./index.ts";

test("exports what it promises, and nothing more", () => {
  expect(Object.keys(proof).toSorted()).toMatchInlineSnapshot(`
    [
      "createBatchData",
      "encodeBatchData",
      "parseBatchData",
      "recordTree",
      "epochFor",
      "epochsCovering",
      "extendCovered",
      "commitToEntry",
      "encodeEntry",
      "batchId",
      "encodeHeader",
      "headerDigest",
      "MAX_LEAVES",
      "parseHeader",
      "commitToImage",
      "isImage",
      "batchFolder",
      "chainFolder",
      "slotKey",
      "comparePositions",
      "isPosition",
      "ProofError",
      "encodeProofFile",
      "parseProofFile",
      "encodeRecord",
      "isRecord",
      "summarizeRecords",
      "encodeDerivedDocuments",
      "verifyBatch",
      "verifyProof",
    ]
  `);
});
