import { expect, test } from "vitest";
import * as proof from "./index.ts";
import * as json from "./json.ts";
import * as write from "./write.ts";

test("the main entry exports exactly these names", () => {
  expect(Object.keys(proof).toSorted()).toMatchInlineSnapshot(`
    [
      "IMAGES",
      "NO_RULES",
      "ProofError",
      "attachAnchor",
      "batchId",
      "beginsEpoch",
      "classifyReplays",
      "comparePositions",
      "coversUpTo",
      "discloseProof",
      "disclosedValues",
      "encodeHeader",
      "encodeProofFile",
      "epochsCovering",
      "excludesColumn",
      "findRow",
      "headerDigest",
      "includesOperation",
      "includesTable",
      "isImage",
      "isPosition",
      "parseAnchorDocument",
      "parseBatchData",
      "parseEvidenceDocument",
      "parseHeader",
      "parseIndexDocument",
      "parsePayloadDocument",
      "parseProofFile",
      "parseRecord",
      "parseTreeDocument",
      "rowHistory",
      "undisclosedParts",
      "verifyAnchoredBatch",
      "verifyBatch",
      "verifyChain",
      "verifyProof",
    ]
  `);
});

test("the entry for JSON exports exactly these names", () => {
  expect(Object.keys(json).toSorted()).toEqual(["parseJson", "parseLosslessJson"]);
});

test("the writers' entry exports exactly these names, and none of the main entry", () => {
  expect(Object.keys(write).filter((name) => Object.hasOwn(proof, name))).toEqual([]);
  expect(Object.keys(write).toSorted()).toMatchInlineSnapshot(`
    [
      "DERIVED_NAMES",
      "MAX_BATCH_DATA_BYTES",
      "MAX_LEAVES",
      "MAX_RULE_NAMES",
      "abridgeEntry",
      "commitAndEncodeEntry",
      "commitAndEncodeImage",
      "commitToEntry",
      "commitToImage",
      "createBatchData",
      "createBatchEncoder",
      "createSalts",
      "encodeAnchorDocument",
      "encodeBatchData",
      "encodeDerivedDocuments",
      "encodeEntry",
      "encodeEvidenceDocument",
      "encodePayloadDocument",
      "encodeRecord",
      "epochFor",
      "extendCovered",
      "invalidHeaderMembers",
      "isRecord",
      "isRuleName",
      "openImage",
      "recordTree",
      "summarizeRecords",
      "withholdsEntries",
    ]
  `);
});
