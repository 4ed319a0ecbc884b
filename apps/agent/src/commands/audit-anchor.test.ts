import { globSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { recordingFile } from "@etrap/testdata";
import { expect, test } from "vitest";
import { makeAnchoredLedger, setUpNear } from "../fixtures/near-ledger.ts";
import { runEtrap } from "../fixtures/run-etrap.ts";

test("compares the newest batch of each chain with the contract", async () => {
  const { folder, near, trust, localnet } = await makeAnchoredLedger();
  const audit = async (...args: string[]): Promise<readonly [number, string]> => {
    const { exit, lines, errors } = await runEtrap("/nowhere", ["audit", "--store", join(folder, "ledger"), ...args]);
    return [exit, [...lines, ...errors].join("\n")];
  };
  expect(await audit(...trust)).toEqual([0, expect.stringContaining("compared with the contract notary.owner.acme")]);
  expect(await audit()).toEqual([0, expect.stringContaining("name it with --contract")]);
  expect(await audit(...trust, "--offline")).toEqual([0, expect.stringContaining("name it with --contract")]);

  localnet.setFault(() => ({ kind: "http", status: 503 }));
  expect(await audit(...trust)).toEqual([2, expect.stringMatching(/was not compared with the contract: .*503/)]);
  localnet.setFault(undefined);

  const stranger = ["--network", "localnet", "--contract", "notary.mallory", "--rpc", near["NEAR_RPC_URLS"] ?? ""];
  expect(await audit(...stranger)).toEqual([2, expect.stringContaining("NEAR_CONTRACT_UNKNOWN")]);
});

test("names a chain whose newest batches are hidden with their slots", async () => {
  const { folder, near, trust, localnet } = await setUpNear();
  const settings = { ...near, ETRAP_BATCH_SIZE: "2", ETRAP_ANCHOR_FROM: "beginning" };
  expect((await runEtrap(folder, ["replay", recordingFile("extended-schemas-on")], settings)).exit).toBe(0);
  localnet.advance(3);
  const store = join(folder, "ledger");
  const audit = ["audit", "--store", store];
  expect((await runEtrap("/nowhere", [...audit, ...trust])).exit).toBe(0);
  const [slot = ""] = globSync(join(store, "*/account/chain/*.json")).toSorted().toReversed();
  const { previous } = JSON.parse(await readFile(slot, "utf8"));
  await rm(slot);
  const kept = new Set(globSync(join(store, "*/account/BATCH-*")).filter((each) => each.endsWith(previous.batch_id)));
  expect(kept.size).toBe(1);
  const { exit, lines } = await runEtrap("/nowhere", [...audit, ...trust]);
  expect([exit, lines.join("\n")]).toEqual([1, expect.stringContaining("(HEAD_ROLLED_BACK)")]);
  expect((await runEtrap("/nowhere", audit)).lines.join("\n")).not.toContain("HEAD_ROLLED_BACK");
});

test("names a table of which nothing is left", async () => {
  const { folder, trust } = await makeAnchoredLedger();
  const store = join(folder, "ledger");
  const [table = ""] = globSync(join(store, "*/account"));
  await rm(table, { recursive: true });
  const { exit, lines } = await runEtrap("/nowhere", ["audit", "--store", store, ...trust]);
  expect([exit, lines.join("\n")]).toEqual([
    1,
    expect.stringMatching(/account\/chain\/: .*nothing of it is here.*CHAIN_HIDDEN/),
  ]);
  // A part of the ledger was asked for, so nothing is missed.
  const part = await runEtrap("/nowhere", ["audit", "--store", store, ...trust, "--table", "t_types"]);
  expect(part.lines.join("\n")).not.toContain("CHAIN_HIDDEN");
});

test("names a chain whose newest batch is another than the contract's", async () => {
  const [mine, theirs] = [await makeAnchoredLedger(), await makeAnchoredLedger()];
  // The same changes with other salts are other batches.
  const hidden = await runEtrap("/nowhere", ["audit", "--store", join(theirs.folder, "ledger"), ...mine.trust]);
  expect([hidden.exit, hidden.lines.join("\n")]).toEqual([1, expect.stringContaining("(ANCHOR_FORKED)")]);
});

test("counts what the contract does not hold yet as a note", async () => {
  const { folder, near, localnet } = await setUpNear();
  const entries = (await readFile(recordingFile("extended-schemas-on"), "utf8")).split("\n");
  const part = join(folder, "part.jsonl");
  await writeFile(part, `${entries.slice(0, entries.length / 2).join("\n")}\n`);
  expect((await runEtrap(folder, ["replay", part], near)).exit).toBe(0);
  expect((await runEtrap(folder, ["replay", recordingFile("extended-schemas-on")])).exit).toBe(0);
  localnet.advance(3);
  const { exit, lines } = await runEtrap(folder, ["--json", "audit"], near);
  expect([exit, lines.join("\n")]).toEqual([0, expect.stringContaining('"code":"ANCHOR_BEHIND"')]);
  expect(lines.join("\n")).toContain('"code":"NOT_ANCHORED"');
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "summary", contract: "notary.owner.acme" });
});
