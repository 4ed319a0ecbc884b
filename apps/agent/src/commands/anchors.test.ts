import { recordingFile } from "@etrap/testdata";
import { expect, test } from "vitest";
import { setUpNear } from "../fixtures/near-ledger.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

const RECORDING = recordingFile("extended-schemas-on");

test("lists what waits, anchors it, and says that nothing waits", async () => {
  const { folder, near, localnet } = await setUpNear();
  await runEtrap(folder, ["replay", RECORDING], { ETRAP_BATCH_SIZE: "2" });
  const before = await runEtrap(folder, ["anchors", "list", "--table", "account"]);
  expect([before.exit, before.lines]).toEqual([1, [expect.stringMatching(/^\d+ waiting +none anchored {2}newest #/)]]);

  const list = await runEtrap(folder, ["batches", "list", "--table", "account"]);
  const id = list.lines[0]?.split(" ")[0] ?? "";
  const settings = { ...near, ETRAP_ANCHOR_FROM: "beginning" };
  const one = await runEtrap(folder, ["anchors", "retry", "--batch", id], settings);
  expect([one.exit, one.lines.at(-1)], one.errors.join()).toEqual([0, "✅ every batch of 1 chain is anchored"]);
  expect(one.lines.join("\n")).toMatch(/🔗 Minting NFT \(attempt 1\/3\)… BATCH-\S+ and \d+ more\n/);
  localnet.advance(3);

  const all = await runEtrap(folder, ["--json", "anchors", "retry"], settings);
  expect([all.exit, all.lines.at(-1)]).toEqual([0, expect.stringMatching(/"waiting":0,"unchecked":0}$/)]);
  const after = await runEtrap(folder, ["anchors", "list"]);
  expect([after.exit, after.lines[0]]).toEqual([0, expect.stringMatching(/^all anchored {2}anchored up to BATCH-/)]);
  const json = await runEtrap(folder, ["--json", "anchors", "list", "--table", "account"]);
  expect(JSON.parse(json.lines[0] ?? "")).toMatchObject({ table: "account", waiting: 0 });
});

test("says why batches still wait where no node answers", async () => {
  const { folder, near, localnet } = await setUpNear();
  await runEtrap(folder, ["replay", RECORDING]);
  localnet.setFault(() => ({ kind: "http", status: 503 }));
  const { exit, lines } = await runEtrap(folder, ["anchors", "retry"], near);
  expect([exit, lines.at(-1)]).toEqual([1, expect.stringMatching(/^❌ 0 batches wait, and \d+ chains are unchecked/)]);
  expect(lines.join("\n")).toMatch(/⏳ NFT minting failed: .*503/);
});

test("refuses what it cannot do", async () => {
  const folder = await makeFolder();
  const refused = async (...args: string[]): Promise<unknown> => {
    const { exit, errors } = await runEtrap(folder, ["anchors", ...args]);
    return [exit, errors.join()];
  };
  await runEtrap(folder, ["replay", RECORDING]);
  expect(await refused("retry")).toEqual([3, expect.stringContaining("NEAR_ACCOUNT_ID: expected the account")]);
  expect(await refused("retry", "--batch", "BATCH-1")).toEqual([3, expect.stringContaining("no such batch")]);
  expect(await refused("list", "--table", "nobody")).toEqual([3, expect.stringContaining("no such chain")]);
});
