import { expect, test } from "vitest";
import { readOutcome } from "./outcome.ts";

const CONTRACT = "notary.acme.near";
const event = {
  standard: "nep171",
  version: "1.2.0",
  event: "nft_mint",
  data: [{ token_ids: ["BATCH-1", "BATCH-2"] }],
};

interface Changed {
  readonly execution?: string;
  readonly hash?: string;
  readonly transactionStatus?: unknown;
  readonly executor?: string;
  readonly receiptStatus?: unknown;
  readonly logs?: readonly string[];
}

/** The answer of a node to a mint, and what is changed in it. */
function answerWith({
  execution = "FINAL",
  hash = "h",
  transactionStatus = { SuccessReceiptId: "r" },
  executor = CONTRACT,
  receiptStatus = { SuccessValue: btoa('{"token_id":"BATCH-1"}') },
  logs = [`EVENT_JSON:${JSON.stringify(event)}`],
}: Changed): unknown {
  return {
    final_execution_status: execution,
    status: { SuccessValue: btoa("another receipt's value") },
    transaction: { hash },
    transaction_outcome: { id: hash, outcome: { executor_id: "agent.near", status: transactionStatus } },
    receipts_outcome: [
      { id: "other", outcome: { executor_id: "agent.near", status: { SuccessValue: "" }, logs: [] } },
      { id: "r", outcome: { executor_id: executor, status: receiptStatus, logs } },
    ],
  };
}

test("takes the value and the events of the contract's own receipt", () => {
  expect(readOutcome(answerWith({}), "h", CONTRACT)).toEqual({
    kind: "succeeded",
    value: { token_id: "BATCH-1" },
    minted: new Set(["BATCH-1", "BATCH-2"]),
  });
});

test.for([
  [
    "the contract's panic",
    { receiptStatus: panic("Smart contract panicked: ERR_GAP: expected 2") },
    "ERR_GAP: expected 2",
  ],
  ["another failure", { receiptStatus: { Failure: { ActionError: { kind: "X" } } } }, '{"ActionError":{"kind":"X"}}'],
  ["a transaction that failed", { transactionStatus: { Failure: { InvalidTxError: "Expired" } } }, "Expired"],
] as const)("tells %s", ([, changed, words]) => {
  const outcome = readOutcome(answerWith(changed), "h", CONTRACT);
  expect(outcome).toEqual({ kind: "failed", reason: expect.stringContaining(words) });
});

function panic(text: string): unknown {
  return { Failure: { ActionError: { index: 0, kind: { FunctionCallError: { ExecutionError: text } } } } };
}

test("bounds the words of a failure", () => {
  const outcome = readOutcome(answerWith({ receiptStatus: panic("x".repeat(100_000)) }), "h", CONTRACT);
  expect(outcome?.kind === "failed" && outcome.reason.length).toBe(500);
});

test.for([
  ["a transaction that is not final", { execution: "EXECUTED_OPTIMISTIC" }],
  ["another transaction", { hash: "other" }],
  ["the receipt of another account", { executor: "mallory.near" }],
  ["a receipt that is missing", { transactionStatus: { SuccessReceiptId: "nowhere" } }],
  ["a transaction without a receipt", { transactionStatus: { SuccessValue: "" } }],
  ["a transaction on its way", { transactionStatus: "NotStarted" }],
  ["a receipt on its way", { receiptStatus: "Started" }],
  ["a receipt that calls another", { receiptStatus: { SuccessReceiptId: "more" } }],
  ["a value that is not JSON", { receiptStatus: { SuccessValue: btoa("{") } }],
  ["an empty value", { receiptStatus: { SuccessValue: "" } }],
] as const)("does not take %s", ([, changed]) => {
  expect(readOutcome(answerWith(changed), "h", CONTRACT)).toBeUndefined();
});

test("does not take a value that is not base64", () => {
  expect(readOutcome(answerWith({ receiptStatus: { SuccessValue: "%%%" } }), "h", CONTRACT)).toBeUndefined();
});

test.for([null, 7, {}, [], "FINAL"])("does not take %j", (answer) => {
  expect(readOutcome(answer, "h", CONTRACT)).toBeUndefined();
});

test("takes no other event for a mint", () => {
  const logs = [
    "EVENT_JSON:{",
    JSON.stringify(event),
    `EVENT_JSON:${JSON.stringify({ ...event, standard: "nep297" })}`,
    `EVENT_JSON:${JSON.stringify({ ...event, event: "nft_burn" })}`,
  ];
  expect(readOutcome(answerWith({ logs }), "h", CONTRACT)).toMatchObject({ minted: new Set() });
});
