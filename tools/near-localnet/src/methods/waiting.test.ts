import { actions, baseEncode } from "near-api-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digest } from "../bytes/digest.ts";
import { clientOf } from "../fixtures/clients.ts";
import { ask } from "../fixtures/post.ts";
import type { Localnet } from "../localnet.ts";
import { createLocalnet } from "../localnet.ts";

let localnet: Localnet;

beforeEach(async () => {
  localnet = await createLocalnet({ pollingTimeout: 30 });
});
afterEach(() => localnet.close());

/** Signs a transfer of `near` to the receiver. Returns it in base64, and its hash. */
async function transfer(receiverId: string): Promise<{ text: string; hash: string }> {
  const client = clientOf(localnet, localnet.root);
  const signed = await client.createSignedTransaction({ receiverId, actions: [actions.transfer(1n)] });
  return {
    text: Buffer.from(signed.encode()).toString("base64"),
    hash: baseEncode(digest(signed.transaction.encode())),
  };
}

const send = (text: string, wait_until: string) => ask(localnet.url, "send_tx", { signed_tx_base64: text, wait_until });
const status = (hash: string, wait_until: string) =>
  ask(localnet.url, "tx", { tx_hash: hash, sender_account_id: "near", wait_until });

const level = (final_execution_status: string): object => ({
  status: 200,
  json: { result: { final_execution_status } },
});
const TIMEOUT = { status: 408, json: { error: { cause: { name: "TIMEOUT_ERROR" } } } };

test.each([
  ["INCLUDED", "INCLUDED", 1],
  ["EXECUTED_OPTIMISTIC", "EXECUTED_OPTIMISTIC", 2],
  ["INCLUDED_FINAL", "EXECUTED", 3],
  ["EXECUTED", "EXECUTED", 3],
  ["FINAL", "FINAL", 5],
])("send_tx up to %s answers at %s, after %i blocks", async (wanted, reached, blocks) => {
  await localnet.createAccount("alice.near");
  const { text } = await transfer("alice.near");
  const before = localnet.height();
  expect(await send(text, wanted)).toMatchObject(level(reached));
  expect(localnet.height() - before).toBe(blocks);
});

test("a transaction that is not executed yet has no outcome", async () => {
  await localnet.createAccount("alice.near");
  const { text } = await transfer("alice.near");
  expect((await send(text, "INCLUDED")).json).toEqual({
    jsonrpc: "2.0",
    id: "1",
    result: { final_execution_status: "INCLUDED" },
  });
});

test("send_tx up to NONE makes no block, and the transaction is in the next one", async () => {
  const { text, hash } = await transfer("near");
  const before = localnet.height();
  expect((await send(text, "NONE")).json).toEqual({
    jsonrpc: "2.0",
    id: "1",
    result: { final_execution_status: "NONE" },
  });
  expect(localnet.height()).toBe(before);
  expect(await status(hash, "NONE")).toMatchObject({ json: { error: { cause: { name: "UNKNOWN_TRANSACTION" } } } });
  localnet.advance();
  expect(await status(hash, "NONE")).toMatchObject(level("EXECUTED_OPTIMISTIC"));
});

test("send_tx up to NONE says nothing of an invalid transaction", async () => {
  const { text, hash } = await transfer("near");
  const bytes = Buffer.from(text, "base64");
  const damaged = bytes.fill(0, bytes.length - 64).toString("base64");
  expect(await send(damaged, "NONE")).toMatchObject(level("NONE"));
  localnet.advance(3);
  expect(await status(hash, "NONE")).toMatchObject({ json: { error: { cause: { name: "UNKNOWN_TRANSACTION" } } } });
});

test("an unknown transaction is waited for until the time is over", async () => {
  const { hash } = await transfer("near");
  expect(await status(hash, "NONE")).toMatchObject({
    status: 200,
    json: { error: { cause: { name: "UNKNOWN_TRANSACTION", info: { requested_transaction_hash: hash } } } },
  });
  expect(await status(hash, "INCLUDED")).toMatchObject(TIMEOUT);
});

test("a request for an unknown transaction is answered once another client sends it", async () => {
  const patient = await localnet.addNode({ pollingTimeout: 60_000 });
  const { text, hash } = await transfer("near");
  const waiting = ask(patient.url, "tx", { tx_hash: hash, sender_account_id: "near", wait_until: "EXECUTED" });
  await send(text, "FINAL");
  expect(await waiting).toMatchObject(level("FINAL"));
});

test("a transaction whose nonce another one took is never included", async () => {
  const [one, other] = [await transfer("near"), await transfer("alice.near")];
  await send(one.text, "NONE");
  await send(other.text, "NONE");
  localnet.advance(3);
  expect(await status(one.hash, "NONE")).toMatchObject({ status: 200, json: { result: {} } });
  expect(await status(other.hash, "NONE")).toMatchObject({
    json: { error: { cause: { name: "UNKNOWN_TRANSACTION" } } },
  });
});

test("blocks come by the clock if there is one, and requests wait for them", async () => {
  const clocked = await createLocalnet({ blockTime: 5 });
  try {
    const client = clientOf(clocked, clocked.root);
    const outcome = await client.signAndSendTransaction({
      receiverId: "near",
      actions: [actions.transfer(1n)],
      waitUntil: "FINAL",
    });
    expect(outcome).toMatchObject({ final_execution_status: "FINAL" });
    expect(clocked.height()).toBeGreaterThan(3);
  } finally {
    await clocked.close();
  }
});

test("EXPERIMENTAL_tx_status and EXPERIMENTAL_receipt show the receipts", async () => {
  await localnet.createAccount("alice.near");
  const { text, hash } = await transfer("alice.near");
  await send(text, "FINAL");
  const answer = await ask(localnet.url, "EXPERIMENTAL_tx_status", {
    tx_hash: hash,
    sender_account_id: "near",
    wait_until: "FINAL",
  });
  const first = {
    predecessor_id: "near",
    receiver_id: "alice.near",
    receipt: { Action: { actions: [{ Transfer: { deposit: "1" } }] } },
  };
  expect(answer.json).toMatchObject({
    result: { receipts: [first, { predecessor_id: "system", receiver_id: "near" }] },
  });
  const id = /"receipt_id":"(\w+)"/u.exec(answer.text)?.[1];
  expect(await ask(localnet.url, "EXPERIMENTAL_receipt", { receipt_id: id })).toMatchObject({
    json: { result: first },
  });
  expect(await ask(localnet.url, "EXPERIMENTAL_receipt", { receipt_id: hash })).toMatchObject({
    json: { error: { cause: { name: "UNKNOWN_RECEIPT", info: { receipt_id: hash } } } },
  });
});

test("blocks are found by finality, height and hash, and others are unknown", async () => {
  localnet.advance(5);
  const header = async (params: object) => (await ask(localnet.url, "block", params)).json;
  const head = localnet.height();
  expect(await header({ finality: "optimistic" })).toMatchObject({ result: { header: { height: head } } });
  expect(await header({ finality: "near-final" })).toMatchObject({ result: { header: { height: head - 1 } } });
  expect(await header({ finality: "final" })).toMatchObject({ result: { header: { height: head - 2 } } });
  expect(await header({ sync_checkpoint: "genesis" })).toMatchObject({
    result: { header: { height: 1, prev_height: null } },
  });
  const [second, third] = [
    await ask(localnet.url, "block", { block_id: 2 }),
    await ask(localnet.url, "block", { block_id: 3 }),
  ];
  const hash = /"hash":"(\w+)"/u.exec(second.text)?.[1];
  expect(third.json).toMatchObject({ result: { header: { prev_hash: hash, last_final_block: expect.any(String) } } });
  expect(await header({ block_id: hash })).toMatchObject({ result: { header: { height: 2 } } });
  for (const block_id of [head + 1, "nowhere"]) {
    expect(await ask(localnet.url, "block", { block_id })).toMatchObject({
      status: 200,
      json: { error: { cause: { name: "UNKNOWN_BLOCK" } } },
    });
  }
  expect(await ask(localnet.url, "block", { block_id: 0 })).toMatchObject({
    status: 422,
    json: { error: { cause: { name: "UNKNOWN_BLOCK" } } },
  });
});
