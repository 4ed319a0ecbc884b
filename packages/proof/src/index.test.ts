import { expect, test } from "vitest";
import * as proof from "./index.ts";
import * as write from "./write.ts";

test("exports what it promises, and nothing more", () => {
  expect(Object.keys(proof).toSorted()).toMatchInlineSnapshot(`
    [
      "ProofError",
      "anchorProof",
      "batchFolder",
      "batchId",
      "chainFolder",
      "comparePositions",
      "discloseProof",
      "encodeProofFile",
      "excludesColumn",
      "findRow",
      "headerDigest",
      "hiddenParts",
      "history",
      "includesOperation",
      "includesTable",
      "parseAnchorDocument",
      "parseBatchData",
      "parseChainFolder",
      "parseEvidenceDocument",
      "parseHeader",
      "parseIndexDocument",
      "parsePayloadDocument",
      "parseProofFile",
      "parseRecord",
      "parseSlotKey",
      "parseTreeDocument",
      "replays",
      "shownValues",
      "slotKey",
      "verifyAnchoredBatch",
      "verifyBatch",
      "verifyChain",
      "verifyProof",
    ]
  `);
});

test("exports to writers what it promises them, and nothing twice", () => {
  expect(Object.keys(write).filter((name) => Object.hasOwn(proof, name))).toEqual([]);
  expect(Object.keys(write).toSorted()).toMatchInlineSnapshot(`
    [
      "MAX_BATCH_DATA_BYTES",
      "MAX_LEAVES",
      "MAX_RULE_NAMES",
      "beginsEpoch",
      "commitToEntry",
      "commitToImage",
      "committedEntry",
      "committedImage",
      "createBatchData",
      "createBatchEncoder",
      "createSalts",
      "encodeAnchorDocument",
      "encodeBatchData",
      "encodeDerivedDocuments",
      "encodeEntry",
      "encodeEvidenceDocument",
      "encodeHeader",
      "encodeIndexDocument",
      "encodePayloadDocument",
      "encodeRecord",
      "encodeTreeDocument",
      "epochFor",
      "epochsCovering",
      "extendCovered",
      "isImage",
      "isPosition",
      "isRecord",
      "isRuleName",
      "openImage",
      "reaches",
      "recordTree",
      "summarizeRecords",
      "unheldMembers",
      "withholdsEntries",
    ]
  `);
});
