import { actions } from "near-api-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf } from "../fixtures/clients.ts";
import { standardContract } from "../fixtures/contracts.ts";
import { wasmOf } from "../fixtures/run-wat.ts";
import type { Localnet } from "../localnet.ts";
import { createLocalnet } from "../localnet.ts";

let localnet: Localnet;

beforeAll(async () => {
  localnet = await createLocalnet({ chainId: "<b>chain</b>" });
  const owner = clientOf(localnet, await localnet.createAccount("nft.near"));
  await localnet.deploy("nft.near", standardContract("nft"));
  const call = (methodName: string, args: object) =>
    owner.callFunction({ contractId: "nft.near", methodName, args: { ...args }, waitUntil: "FINAL" });
  await call("new", { owner_id: "nft.near" });
  const title = `<script>alert("1")</script> & 'more'`;
  await call("nft_mint_free", { token_id: "a token", receiver_id: "near", token_metadata: { title } });
  await call("nft_mint_free", { token_id: "a token" }).catch(() => undefined);
});
afterAll(() => localnet.close());

const page = async (): Promise<{ text: string; headers: Headers }> => {
  const response = await fetch(localnet.url);
  return { text: await response.text(), headers: response.headers };
};

test("shows accounts, tokens and transactions", async () => {
  const { text } = await page();
  expect(text).toContain("Accounts: 2");
  expect(text).toContain("Tokens: 1");
  expect(text).toContain("<code>a token</code>");
  expect(text).toContain("nft_mint_free()");
  expect(text).toContain("FINAL, failed: {&quot;ActionError&quot;");
});

test("what strangers wrote is text, never HTML, and the page runs nothing", async () => {
  const { headers, text } = await page();
  expect(text).not.toContain("<script");
  expect(text).not.toContain("<b>chain");
  expect(text).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
});

test.each([
  ["runs for ever", "(loop $l br $l)"],
  ["panics", "unreachable"],
  ["returns something else", "i64.const 2 i64.const 0 call $return"],
])("a contract whose nft_tokens %s has no tokens on the page", async (_title, body) => {
  const accountId = `c${body.length}.near`;
  const owner = clientOf(localnet, await localnet.createAccount(accountId));
  const wasm = wasmOf(
    `(module (import "env" "value_return" (func $return (param i64 i64))) (memory 1) (data (i32.const 0) "{}")
      (func (export "nft_tokens") ${body}))`,
  );
  await owner.signAndSendTransaction({ receiverId: accountId, actions: [actions.deployContract(wasm)] });
  const { text } = await page();
  expect(text).toContain(`<code>${accountId}</code>`);
  expect(text).toContain("Tokens: 1");
});
