import { expect, test } from "vitest";
import * as proof from "./index.ts";

test("exports what it promises, and nothing more", () => {
  expect(Object.keys(proof).toSorted()).toMatchInlineSnapshot(`
    [
      "MAX_BATCH_DATA_BYTES",
      "MAX_LEAVES",
      "ProofError",
      "batchFolder",
      "batchId",
      "chainFolder",
      "commitToEntry",
      "commitToImage",
      "comparePositions",
      "createBatchData",
      "encodeBatchData",
      "encodeDerivedDocuments",
      "encodeEntry",
      "encodeHeader",
      "encodeProofFile",
      "encodeRecord",
      "epochFor",
      "epochsCovering",
      "extendCovered",
      "headerDigest",
      "isImage",
      "isPosition",
      "isRecord",
      "parseBatchData",
      "parseHeader",
      "parseProofFile",
      "recordTree",
      "slotKey",
      "summarizeRecords",
      "verifyBatch",
      "verifyChain",
      "verifyProof",
    ]
  `);
});
