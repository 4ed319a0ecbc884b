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
  readonly outcomeId?: string;
  readonly logs?: readonly unknown[];
}

/** The answer of a node to a mint, and what is changed in it. */
function answerWith({
  execution = "FINAL",
  hash = "h",
  outcomeId = hash,
  transactionStatus = { SuccessReceiptId: "r" },
  executor = CONTRACT,
  receiptStatus = { SuccessValue: btoa('{"token_id":"BATCH-1"}') },
  logs = [`EVENT_JSON:${JSON.stringify(event)}`],
}: Changed): unknown {
  return {
    final_execution_status: execution,
    status: { SuccessValue: btoa("another receipt's value") },
    transaction: { hash },
    transaction_outcome: { id: outcomeId, outcome: { executor_id: "agent.near", status: transactionStatus } },
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
  ["a panic that is no text", { receiptStatus: panic(7) }, JSON.stringify(failureWith(7))],
  [
    "a transaction that failed",
    { transactionStatus: { Failure: { InvalidTxError: "Expired" } } },
    '{"InvalidTxError":"Expired"}',
  ],
  ["a failure without words", { receiptStatus: { Failure: undefined } }, ""],
] as const)("tells %s", ([, changed, reason]) => {
  expect(readOutcome(answerWith(changed), "h", CONTRACT)).toEqual({ kind: "failed", reason });
});

function failureWith(words: unknown): unknown {
  return { ActionError: { index: 0, kind: { FunctionCallError: { ExecutionError: words } } } };
}

function panic(words: unknown): unknown {
  return { Failure: failureWith(words) };
}

test.for([
  ["panic", panic("x".repeat(1_000_000))],
  ["failure", { Failure: { x: "x".repeat(1_000_000) } }],
])("bounds the words of a %s", ([, receiptStatus]) => {
  const outcome = readOutcome(answerWith({ receiptStatus }), "h", CONTRACT);
  expect(outcome?.kind === "failed" && outcome.reason.length).toBe(500);
});

test.for([
  ["a transaction that is not final", { execution: "EXECUTED_OPTIMISTIC" }],
  ["a failure that is not final", { execution: "EXECUTED", receiptStatus: panic("ERR_GAP: x") }],
  ["another transaction", { hash: "other" }],
  ["the failure of another transaction", { hash: "other", transactionStatus: { Failure: "x" } }],
  ["the outcome of another transaction", { outcomeId: "other" }],
  ["the receipt of another account", { executor: "mallory.near" }],
  ["the failure of another account's receipt", { executor: "mallory.near", receiptStatus: panic("ERR_GAP: x") }],
  ["a receipt that is missing", { transactionStatus: { SuccessReceiptId: "nowhere" } }],
  ["a transaction without a receipt", { transactionStatus: { SuccessValue: "" } }],
  ["a transaction on its way", { transactionStatus: "NotStarted" }],
  ["a receipt on its way", { receiptStatus: "Started" }],
  ["a receipt that calls another", { receiptStatus: { SuccessReceiptId: "more" } }],
  ["a value that is not JSON", { receiptStatus: { SuccessValue: btoa("{") } }],
  ["an empty value", { receiptStatus: { SuccessValue: "" } }],
  ["a value that is not text", { receiptStatus: { SuccessValue: 7 } }],
  ["a value that is not base64", { receiptStatus: { SuccessValue: "%%%" } }],
  ["a huge value that is not JSON", { receiptStatus: { SuccessValue: "A".repeat(6_000_000) } }],
  ["a status that is none", { receiptStatus: { Success: "" } }],
  ["logs that are none", { logs: [7] }],
] as const)("does not take %s", ([, changed]) => {
  expect(readOutcome(answerWith(changed), "h", CONTRACT)).toBeUndefined();
});

test("takes a value of null, and text beyond ASCII", () => {
  for (const value of [null, "é"]) {
    const receiptStatus = { SuccessValue: Buffer.from(JSON.stringify(value)).toString("base64") };
    expect(readOutcome(answerWith({ receiptStatus }), "h", CONTRACT)).toMatchObject({ kind: "succeeded", value });
  }
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
    `EVENT_JSON:${JSON.stringify({ ...event, data: { token_ids: ["BATCH-1"] } })}`,
    `EVENT_JSON:${JSON.stringify({ ...event, data: [{ token_ids: [1] }] })}`,
    ` EVENT_JSON:${JSON.stringify(event)}`,
    "EVENT_JSON:null",
  ];
  expect(readOutcome(answerWith({ logs }), "h", CONTRACT)).toMatchObject({ minted: new Set() });
});

test("takes the events of the contract's own receipt alone, and all of them", () => {
  const logOf = (id: string): string => `EVENT_JSON:${JSON.stringify({ ...event, data: [{ token_ids: [id] }] })}`;
  const answer = answerWith({ logs: ["hello", logOf("BATCH-1"), logOf("BATCH-2")] }) as {
    receipts_outcome: { outcome: { logs: string[] } }[];
  };
  answer.receipts_outcome[0]?.outcome.logs.push(logOf("BATCH-3"));
  expect(readOutcome(answer, "h", CONTRACT)).toMatchObject({ minted: new Set(["BATCH-1", "BATCH-2"]) });
});

test("a receipt without logs minted nothing", () => {
  expect(readOutcome(answerWith({ logs: [] }), "h", CONTRACT)).toMatchObject({ minted: new Set() });
});
