import { actions } from "near-api-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf } from "../fixtures/clients.ts";
import { ask, post } from "../fixtures/post.ts";
import type { Localnet } from "../localnet.ts";
import { createLocalnet } from "../localnet.ts";

let localnet: Localnet;

beforeAll(async () => {
  localnet = await createLocalnet({ pollingTimeout: 50 });
});
afterAll(() => localnet.close());

const failure = (cause: string, message?: unknown): object => ({
  error: { cause: { name: cause, ...(message === undefined ? {} : { info: { error_message: message } }) } },
});

test.each([
  ["nothing", ""],
  ["no JSON", "{"],
  ["no object", "7"],
  ["a batch", '[{"jsonrpc":"2.0","id":1,"method":"status","params":[]}]'],
  ["an empty batch", "[]"],
  ["no version", '{"id":1,"method":"status","params":[]}'],
  ["no id", '{"jsonrpc":"2.0","method":"status","params":[]}'],
  ["a method that is no text", '{"jsonrpc":"2.0","id":1,"method":{},"params":[]}'],
  ["bytes that are no UTF-8", Uint8Array.of(0xff, 0xfe)],
])("%s is a parse error", async (_title, body) => {
  const answer = await post(localnet.url, body);
  expect(answer).toMatchObject({ status: 400, json: { jsonrpc: "2.0", id: null, error: { code: -32_700 } } });
  expect(answer.json).toMatchObject(failure("PARSE_ERROR"));
});

test("a request of more than 10 MB is refused, and one of 10 MB is read", async () => {
  const body = (size: number): string => `{"jsonrpc":"2.0","id":1,"method":"status","params":"${"x".repeat(size)}"}`;
  expect(await post(localnet.url, body(10 * 1024 * 1024))).toMatchObject({ status: 413, json: failure("PARSE_ERROR") });
  expect(await post(localnet.url, body(10_000_000))).toMatchObject({ status: 200 });
});

test.each([
  "EXPERIMENTAL_light_client_proof",
  "light_client_proof",
  "next_light_client_block",
  "broadcast_tx_commit",
  "toString",
  "__proto__",
])("the method %s is not found", async (method) => {
  const answer = await ask(localnet.url, method, {});
  expect(answer).toMatchObject({
    status: 400,
    json: { id: "1", error: { code: -32_601, cause: { name: "METHOD_NOT_FOUND", info: { method_name: method } } } },
  });
});

test.each([
  ["query", undefined],
  ["query", []],
  ["query", { request_type: "view_account", finality: "final" }],
  ["query", { request_type: "view_account", account_id: "near" }],
  ["query", { request_type: "view_account", account_id: "near", finality: "soon" }],
  ["query", { request_type: "view_everything", account_id: "near", finality: "final" }],
  ["query", { request_type: "view_account", account_id: 7, finality: "final" }],
  ["query", { request_type: "view_access_key", account_id: "near", public_key: "ed25519:0", finality: "final" }],
  [
    "query",
    { request_type: "call_function", account_id: "near", method_name: "x", args_base64: "%", finality: "final" },
  ],
  ["block", {}],
  ["block", { block_id: -1 }],
  ["block", { block_id: 1.5 }],
  ["send_tx", { signed_tx_base64: 7 }],
  ["send_tx", { signed_tx_base64: "AAAA", wait_until: "LATER" }],
  ["tx", { tx_hash: "x" }],
  ["EXPERIMENTAL_receipt", {}],
])("%s refuses the parameters %j", async (method, params) => {
  const answer = await ask(localnet.url, method, params);
  expect(answer).toMatchObject({
    status: 400,
    json: failure("PARSE_ERROR", expect.stringContaining("Failed parsing args")),
  });
});

test("a transaction that is cut off, or has bytes behind it, is refused at every length", async () => {
  const client = clientOf(localnet, localnet.root);
  const signed = await client.createSignedTransaction({ receiverId: "near", actions: [actions.transfer(1n)] });
  const bytes = signed.encode();
  const send = (part: Uint8Array) =>
    ask(localnet.url, "send_tx", { signed_tx_base64: Buffer.from(part).toString("base64") });
  for (let length = 0; length < bytes.length; length += 7) {
    expect(await send(bytes.subarray(0, length))).toMatchObject({ status: 400, json: failure("PARSE_ERROR") });
  }
  expect(await send(Buffer.concat([bytes, Uint8Array.of(0)]))).toMatchObject({
    status: 400,
    json: failure("PARSE_ERROR"),
  });
  expect(await send(bytes)).toMatchObject({ status: 200, json: { result: { status: { SuccessValue: "" } } } });
});

test("a transaction of more than 1.5 MiB is refused before it is read", async () => {
  const signed_tx_base64 = Buffer.alloc(1_572_865).toString("base64");
  const limit = { TransactionSizeExceeded: { size: 1_572_865, limit: 1_572_864 } };
  expect(await ask(localnet.url, "send_tx", { signed_tx_base64 })).toMatchObject({
    status: 200,
    json: { error: { cause: { name: "INVALID_TRANSACTION" }, data: { TxExecutionError: { InvalidTxError: limit } } } },
  });
});

test("a list that claims four billion entries is refused at once", async () => {
  const signer = Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.from("near")]);
  const bytes = Buffer.concat([
    signer,
    Buffer.alloc(33 + 8),
    signer,
    Buffer.alloc(32),
    Buffer.from([255, 255, 255, 255]),
  ]);
  const answer = await ask(localnet.url, "send_tx", { signed_tx_base64: bytes.toString("base64") });
  expect(answer).toMatchObject({ status: 400, json: failure("PARSE_ERROR") });
});

test("other ways and places are refused", async () => {
  expect((await fetch(localnet.url, { method: "DELETE" })).status).toBe(405);
  expect((await fetch(`${localnet.url}/elsewhere`)).status).toBe(404);
});

test("pages of other origins may ask", async () => {
  const { headers, status } = await fetch(localnet.url, { method: "OPTIONS" });
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-origin")).toBe("*");
});

test("after all of that the node answers as before", async () => {
  expect(await ask(localnet.url, "status", [])).toMatchObject({
    status: 200,
    json: { result: { chain_id: "localnet" } },
  });
});
