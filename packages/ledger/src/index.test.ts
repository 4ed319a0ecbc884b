import { expect, test } from "vitest";
import * as ledger from "./index.ts";
import * as suites from "./suites/index.ts";
import * as testing from "./testing/index.ts";

test("the main entry exports exactly these names", () => {
  expect(Object.keys(ledger).toSorted()).toMatchInlineSnapshot(`
    [
      "LedgerError",
      "MAX_OBJECT_BYTES",
      "anchorKey",
      "auditLedger",
      "batchDataKey",
      "batchFolder",
      "chainFolder",
      "codeOf",
      "completeDerived",
      "copyLedger",
      "createAnchorDocument",
      "createSlots",
      "derivedDocuments",
      "findLeftovers",
      "isKeySegment",
      "isObjectKey",
      "listChains",
      "messageOf",
      "missingDerived",
      "parseChainFolder",
      "parseSlotKey",
      "parseStored",
      "readAnchorDocument",
      "readBatch",
      "readHeaders",
      "removeLeftover",
      "repairChain",
      "slotKey",
    ]
  `);
});

test("the entries for tests export exactly these names", () => {
  expect(Object.keys(suites).toSorted()).toMatchInlineSnapshot(`
    [
      "describeObjectStore",
    ]
  `);
  expect(Object.keys(testing).toSorted()).toMatchInlineSnapshot(`
    [
      "MemoryStoreError",
      "createLyingReader",
      "createMemoryStore",
      "sampleAnchorDocument",
      "sampleBatch",
      "sampleBatches",
      "sampleChain",
    ]
  `);
});
