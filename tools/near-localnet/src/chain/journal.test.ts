import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clientOf, providerOf } from "../fixtures/clients.ts";
import { standardContract } from "../fixtures/contracts.ts";
import type { LocalnetOptions } from "../localnet-options.ts";
import { createLocalnet } from "../localnet.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "localnet-"));
  file = join(folder, "chain.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (options: LocalnetOptions = {}) => createLocalnet({ folder, ...options });

/** Makes a chain with a token, and returns its height and the hash of its last block. */
async function makeChain(): Promise<{ height: number; hash: string }> {
  const localnet = await open();
  const owner = clientOf(localnet, await localnet.createAccount("nft.near"));
  await localnet.deploy("nft.near", standardContract("nft"));
  await owner.callFunction({ contractId: "nft.near", methodName: "new", args: { owner_id: "nft.near" } });
  const args = { token_id: "1", receiver_id: "near", token_metadata: { title: "kept" } };
  await owner.callFunction({ contractId: "nft.near", methodName: "nft_mint_free", args });
  const last = await headOf(localnet.url);
  await localnet.close();
  return last;
}

async function headOf(url: string): Promise<{ height: number; hash: string }> {
  const { height, hash } = (await providerOf(url).viewBlock({ finality: "optimistic" })).header;
  return { height, hash };
}

test("a chain is the same after a restart, and goes on", async () => {
  const before = await makeChain();
  const localnet = await open();
  expect(await headOf(localnet.url)).toEqual(before);
  const view = { contractId: "nft.near", method: "nft_token", args: { token_id: "1" } };
  expect(await providerOf(localnet.url).callFunction(view)).toMatchObject({ metadata: { title: "kept" } });
  const owner = clientOf(localnet, {
    accountId: "nft.near",
    secretKey: (await localnet.createAccount("b.near")).secretKey,
  });
  await expect(owner.transfer({ receiverId: "near", amount: 1n })).rejects.toThrow();
  await localnet.deploy("nft.near", standardContract("receiver"));
  expect(localnet.height()).toBeGreaterThan(before.height);
  await localnet.close();
});

test("a last line that a crash cut off is dropped, and the chain goes on from the line before", async () => {
  const before = await makeChain();
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  writeFileSync(file, `${lines.slice(0, -1).join("\n")}\n${lines.at(-1)?.slice(0, 30)}`);
  const localnet = await open();
  expect(localnet.height()).toBe(before.height - 1);
  localnet.advance(2);
  await localnet.close();
  const again = await open();
  expect(again.height()).toBe(before.height + 1);
  await again.close();
});

test("a folder whose first line was cut off is a new one", async () => {
  writeFileSync(file, '{"version":1,"chai');
  const localnet = await open();
  expect(localnet.height()).toBe(1);
  await localnet.close();
});

test.each<[string, (lines: string[]) => string[], string]>([
  ["a line in the middle is no JSON", (lines) => lines.toSpliced(3, 1, "{"), "JOURNAL_DAMAGED"],
  ["a block is missing", (lines) => lines.toSpliced(3, 1), "JOURNAL_DAMAGED"],
  [
    "a block has another time",
    (lines) => lines.with(3, (lines[3] ?? "").replace(/"timestamp":"\d/u, '"timestamp":"9')),
    "JOURNAL_DAMAGED",
  ],
  [
    "a transaction was changed",
    (lines) => lines.map((line) => line.replace(/"transactions":\["...../u, '"transactions":["AAAAA')),
    "JOURNAL_DAMAGED",
  ],
  [
    "a transaction stands in it twice",
    (lines) => lines.map((line) => line.replace(/"transactions":\[("[^"]*")\]/u, '"transactions":[$1,$1]')),
    "JOURNAL_DAMAGED",
  ],
  ["a member is unknown", (lines) => lines.with(2, (lines[2] ?? "").replace("{", '{"more":1,')), "JOURNAL_DAMAGED"],
  [
    "it is of a later version",
    (lines) => lines.with(0, (lines[0] ?? "").replace('"version":1', '"version":2')),
    "JOURNAL_VERSION",
  ],
  [
    "it is of another chain",
    (lines) => lines.with(0, (lines[0] ?? "").replace('"localnet"', '"other"')),
    "JOURNAL_OTHER_CHAIN",
  ],
])("a journal is refused when %s", async (_title, change, code) => {
  await makeChain();
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  writeFileSync(file, `${change(lines).join("\n")}\n`);
  await expect(open()).rejects.toMatchObject({ name: "LocalnetError", code });
});

test("two localnets on one folder are found out at the next start", async () => {
  const [one, other] = [await open(), await open()];
  one.advance();
  other.advance();
  await one.close();
  await other.close();
  await expect(open()).rejects.toMatchObject({ code: "JOURNAL_DAMAGED" });
});

test("blocks without transactions take few bytes", async () => {
  const localnet = await open();
  localnet.advance(10);
  await localnet.close();
  expect(
    readFileSync(file, "utf8")
      .split("\n")
      .slice(1, 11)
      .every((line) => line.length < 130),
  ).toBe(true);
});
