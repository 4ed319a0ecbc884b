import { baseDecode, baseEncode } from "near-api-js";
import { expect, test } from "vitest";
import { digest } from "../bytes/digest.ts";
import type { Outcome } from "../receipts/outcome.ts";
import { outcomeLeaf } from "./outcome-leaf.ts";

const OUTCOME: Outcome = {
  id: "9UhBumQ3eEmPH5ALc3NwiDCQfDrFakteRD7rHE9CfZ32",
  executorId: "datayalla.testnet",
  logs: [],
  receiptIds: ["2mrt6jXKwWzkGrhucAtSc8R3mjrhkwCjnqVckPdCMEDo"],
  gasBurnt: 2_434_069_818_500n,
  tokensBurnt: 243_406_981_850_000_000_000n,
  status: { kind: "receipt", receiptId: "2mrt6jXKwWzkGrhucAtSc8R3mjrhkwCjnqVckPdCMEDo" },
};

/**
 * Returns the root over the outcomes of testnet's block 134481525, if `outcome` was the one in it.
 */
function testnetRoot(outcome: Outcome): string {
  const shard = digest(outcomeLeaf(outcome));
  const right = digest(shard, baseDecode("9f7YjLvzvSspJMMJ3DDTrFaEyPQ5qFqQDNoWzAbSTjTy"));
  return baseEncode(digest(baseDecode("67ZxFmzWXbWJSyi7Wp9FTSbbJx2nMr7wSuW3EP1cJm4K"), right));
}

const ROOT = "8Eu5qpDUMpW5nbmTrTKmDH2VYqFEHTKPETSTpPoyGoGc";

test("the leaf of an outcome of testnet leads to the root in its block", () => {
  expect(testnetRoot(OUTCOME)).toBe(ROOT);
});

test.each<Partial<Outcome>>([
  { gasBurnt: 1n },
  { tokensBurnt: 1n },
  { executorId: "other.testnet" },
  { logs: [""] },
  { receiptIds: [] },
  { status: { kind: "value", value: new Uint8Array() } },
  { status: { kind: "failure", error: {} } },
])("an outcome that differs in %o leads to another root", (change) => {
  expect(testnetRoot({ ...OUTCOME, ...change })).not.toBe(ROOT);
});
