import type { JsonRpcProvider } from "near-api-js";
import { actions, FailoverRpcProvider } from "near-api-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { clientOf, providerOf } from "../fixtures/clients.ts";
import { standardContract } from "../fixtures/contracts.ts";
import { ask } from "../fixtures/post.ts";
import type { Localnet } from "../localnet.ts";
import { createLocalnet } from "../localnet.ts";
import type { Fault } from "./fault.ts";
import { faultRules } from "./fault.ts";

let localnet: Localnet;

beforeEach(async () => {
  localnet = await createLocalnet({ pollingTimeout: 30 });
});
afterEach(() => localnet.close());

async function signedTransfer(): Promise<Parameters<JsonRpcProvider["sendTransaction"]>[0]> {
  return clientOf(localnet, localnet.root).createSignedTransaction({
    receiverId: "near",
    actions: [actions.transfer(1n)],
  });
}

const isSent = async (signed: Awaited<ReturnType<typeof signedTransfer>>): Promise<boolean> => {
  const client = clientOf(localnet, localnet.root);
  const { nonce } = await client.getAccessKey(signed.transaction.publicKey);
  return nonce >= signed.transaction.nonce;
};

/** Sets a fault for the second `send_tx`, and sends a transaction twice. */
async function sendTwice(fault: Fault): Promise<{ first: unknown; second: unknown; isSecondServed: boolean }> {
  localnet.setFault(faultRules([{ method: "send_tx", nth: 2, fault }]));
  const provider = providerOf(localnet.url);
  const outcomeOf = (sent: Promise<unknown>) => sent.catch((error: unknown) => error);
  const first = await outcomeOf(provider.sendTransaction(await signedTransfer()));
  const signed = await signedTransfer();
  const second = await outcomeOf(provider.sendTransaction(signed));
  return { first, second, isSecondServed: await isSent(signed) };
}

test.each<[string, Fault, unknown, boolean]>([
  ["a request that is dropped", { kind: "drop", isServed: false }, { message: "fetch failed" }, false],
  ["an answer that is dropped", { kind: "drop", isServed: true }, { message: "fetch failed" }, true],
  ["HTTP 408", { kind: "http", status: 408 }, { cause: 408 }, false],
  ["HTTP 429", { kind: "http", status: 429, headers: { "retry-after": "1" } }, { cause: 429 }, false],
  ["HTTP 500 after the request was served", { kind: "http", status: 500, isServed: true }, { cause: 500 }, true],
  ["HTTP 503", { kind: "http", status: 503 }, { cause: 503 }, false],
  ["HTML with HTTP 200", { kind: "http", status: 200 }, { name: "SyntaxError" }, false],
  ["TIMEOUT_ERROR with HTTP 408", { kind: "timeout", isServed: true }, { cause: 408 }, true],
  [
    "TIMEOUT_ERROR with HTTP 200",
    { kind: "timeout", isServed: true, status: 200 },
    { name: "TransactionTimeoutError" },
    true,
  ],
])("%s", async (_title, fault, error, isServed) => {
  const { first, second, isSecondServed } = await sendTwice(fault);
  expect(first).toMatchObject({ status: { SuccessValue: "" } });
  expect(second).toMatchObject(error as object);
  expect(isSecondServed).toBe(isServed);
});

test("an error of the node's choice", async () => {
  const data = { TxExecutionError: { InvalidTxError: { ShardCongested: { congestion_level: 1, shard_id: 0 } } } };
  const error = {
    name: "HANDLER_ERROR",
    cause: { name: "INVALID_TRANSACTION", info: {} },
    code: -32_000,
    message: "Server error",
    data,
  } as const;
  const { second, isSecondServed } = await sendTwice({ kind: "error", error });
  expect(second).toMatchObject({ name: "ShardCongestedError" });
  expect(isSecondServed).toBe(false);
});

test("an answer that is late is right all the same", async () => {
  const { second } = await sendTwice({ kind: "delay", ms: 20 });
  expect(second).toMatchObject({ status: { SuccessValue: "" } });
});

test("the header Retry-After and a body of one's own are sent", async () => {
  localnet.setFault(() => ({ kind: "http", status: 429, headers: { "retry-after": "7" }, body: "slow down" }));
  expect(await ask(localnet.url, "status", [])).toMatchObject({ status: 429, retryAfter: "7", text: "slow down" });
});

test("a lagging node answers from an older block, and does not know newer ones", async () => {
  localnet.advance(10);
  const behind = await localnet.addNode({ lag: 4, pollingTimeout: 30 });
  const heightOf = async (url: string) => (await providerOf(url).viewBlock({ finality: "optimistic" })).header.height;
  expect(await heightOf(behind.url)).toBe((await heightOf(localnet.url)) - 4);
  await expect(providerOf(behind.url).viewBlock({ blockId: localnet.height() })).rejects.toThrow();
  behind.setLag(0);
  expect(await heightOf(behind.url)).toBe(localnet.height());
});

test("two nodes serve one chain, each with its own faults", async () => {
  const other = await localnet.addNode({ fault: () => ({ kind: "http", status: 503 }) });
  const signed = await signedTransfer();
  await expect(providerOf(other.url).sendTransaction(signed)).rejects.toMatchObject({ cause: 503 });
  other.setFault(undefined);
  await providerOf(localnet.url).sendTransaction(signed);
  await expect(providerOf(other.url).sendTransaction(signed)).resolves.toMatchObject({ status: { SuccessValue: "" } });
});

test("a client with two nodes goes on to the second when the first is away", async () => {
  // The client prints every error that it goes on after.
  const quiet = vi.spyOn(console, "error").mockReturnValue();
  const other = await localnet.addNode();
  localnet.setFault(() => ({ kind: "http", status: 503 }));
  const client = new FailoverRpcProvider([providerOf(localnet.url), providerOf(other.url)]);
  expect((await client.viewBlock({ finality: "optimistic" })).header.height).toBe(localnet.height());
  other.setFault(() => ({ kind: "drop", isServed: false }));
  await expect(client.viewBlock({ finality: "optimistic" })).rejects.toMatchObject({ type: "RetriesExceeded" });
  expect(quiet).toHaveBeenCalled();
  quiet.mockRestore();
});

test("a lying node shows another token, and the honest one shows the true one", async () => {
  const owner = clientOf(localnet, await localnet.createAccount("nft.near"));
  await localnet.deploy("nft.near", standardContract("nft"));
  await owner.callFunction({ contractId: "nft.near", methodName: "new", args: { owner_id: "nft.near" } });
  const token_metadata = { title: "true" };
  await owner.callFunction({
    contractId: "nft.near",
    methodName: "nft_mint_free",
    args: { token_id: "1", receiver_id: "near", token_metadata },
  });
  const forge = (result: unknown): unknown => {
    if (typeof result !== "object" || result === null || !("result" in result) || !Array.isArray(result.result))
      return result;
    const text = Buffer.from(result.result).toString().replace("true", "fake");
    return { ...result, result: [...Buffer.from(text)] };
  };
  const liar = await localnet.addNode({ fault: faultRules([{ method: "query", fault: { kind: "lie", forge } }]) });
  const titleAt = (url: string) =>
    providerOf(url).callFunction({ contractId: "nft.near", method: "nft_token", args: { token_id: "1" } });
  expect(await titleAt(localnet.url)).toMatchObject({ metadata: { title: "true" } });
  expect(await titleAt(liar.url)).toMatchObject({ metadata: { title: "fake" } });
});

test("a lying node tells a success where there was a failure", async () => {
  const forge = (result: unknown): unknown =>
    result ?? { final_execution_status: "FINAL", status: { SuccessValue: "" } };
  localnet.setFault(faultRules([{ method: "send_tx", fault: { kind: "lie", forge } }]));
  const signed = await signedTransfer();
  signed.transaction.nonce = 0n;
  await expect(providerOf(localnet.url).sendTransaction(signed)).resolves.toMatchObject({
    status: { SuccessValue: "" },
  });
  expect(localnet.height()).toBe(1);
});

test("the first rule that fits a request counts, and counts are those of a method", async () => {
  const [one, rest, blocks] = [204, 205, 206];
  const status = (code: number): Fault => ({ kind: "http", status: code, body: "" });
  const plan = faultRules([
    { method: "status", nth: [2, 3], fault: status(one) },
    { method: "status", nth: 3, fault: status(rest) },
    { method: "block", fault: status(blocks) },
  ]);
  const statusOf = (method: string, nth: number) => {
    const fault = plan({ method, nth, params: {} });
    return fault?.kind === "http" ? fault.status : undefined;
  };
  expect([1, 2, 3, 4].map((nth) => statusOf("status", nth))).toEqual([undefined, one, one, undefined]);
  expect([statusOf("block", 1), statusOf("block", 9), statusOf("tx", 1)]).toEqual([blocks, blocks, undefined]);
});
