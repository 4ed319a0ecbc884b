import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { recordingFile } from "@etrap/testdata";
import { expect, test } from "vitest";
import { makeAnchoredLedger, setUpNear } from "../fixtures/near-ledger.ts";
import { runEtrap } from "../fixtures/run-etrap.ts";

const ROW = ["--table", "public.account", "--where", "owner=before the snapshot"];

test("a recorded change is minted, proved and verified by a stranger; its changed copy is tampered", async () => {
  const { folder, lines, trust } = await makeAnchoredLedger();
  const text = lines.join("\n");
  expect(text).toContain("✅ NEAR client initialized for agent.owner.acme on localnet");
  expect(text).toMatch(/✅ NFT minted successfully! BATCH-\S+, in block \d+\n {6}Transaction: \w{40,}/);
  expect(text).toMatch(/NFTs: \d+ minted, 0 failed \(100\.0% success rate\)/);

  const [file = ""] = (await runEtrap(folder, ["prove", ...ROW, "--out", folder])).lines;
  const verified = await runEtrap("/nowhere", ["verify", file, ...trust]);
  expect([verified.exit, verified.lines[0]]).toEqual([
    0,
    expect.stringMatching(
      /^✅ verified: its batch is in the contract notary\.owner\.acme on localnet since block \d+, 20\d\d-/,
    ),
  ]);
  const offline = await runEtrap(folder, ["verify", file, "--offline"]);
  expect([offline.exit, offline.lines[0]]).toEqual([4, expect.stringMatching(/^⏳ pending: .*the file claims notary/)]);

  const copy = join(folder, "tampered.etrap.json");
  await writeFile(copy, (await readFile(file, "utf8")).replace("before the snapshot", "Before the snapshot"));
  const tampered = await runEtrap(folder, ["verify", copy, ...trust]);
  expect([tampered.exit, tampered.lines[0]]).toEqual([1, expect.stringMatching(/^❌ tampered: payload/)]);

  const stranger = ["--network", "localnet", "--contract", "notary.mallory", ...trust.slice(4)];
  const other = await runEtrap(folder, ["verify", file, ...stranger]);
  expect([other.exit, other.lines[0]]).toEqual([2, expect.stringMatching(/could not check.*ANCHOR_UNTRUSTED/)]);
  const json = await runEtrap(folder, ["--json", "verify", file, ...trust, "--store", join(folder, "ledger")]);
  expect(JSON.parse(json.lines[0] ?? "")).toMatchObject({
    verdict: "verified",
    ledger: { kind: "same" },
    anchored: { seq: 0, superseded: false },
  });
});

test("a claimed block or time that is not the token's is tampered", async () => {
  const { folder, trust } = await makeAnchoredLedger();
  const [file = ""] = (await runEtrap(folder, ["prove", ...ROW, "--out", folder])).lines;
  const text = await readFile(file, "utf8");
  for (const [pattern, replacement, exit] of [
    [/"block_height":\d+/, '"block_height":1', 1],
    [/"block_time":"\d+"/, '"block_time":"1"', 1],
    // A block that does not exist yet: a node that has not reached it cannot say that there is no
    // token.
    [/"token_id":"BATCH-[^"]+"/, '"token_id":"BATCH-2025-01-01-0000000000000000-T0"', 1],
  ] as const) {
    const copy = join(folder, "copy.etrap.json");
    await writeFile(copy, text.replace(pattern, replacement));
    expect((await runEtrap(folder, ["verify", copy, ...trust])).exit).toBe(exit);
  }
});

test("a ledger that was stored only is anchored from its newest batch on, whose header covers those before", async () => {
  const { folder, near, trust, localnet } = await setUpNear();
  const recording = recordingFile("extended-schemas-on");
  expect((await runEtrap(folder, ["replay", recording], { ETRAP_BATCH_SIZE: "2" })).exit).toBe(0);
  const [pending = ""] = (await runEtrap(folder, ["prove", ...ROW, "--out", join(folder, "a")])).lines;
  expect((await runEtrap(folder, ["verify", pending, ...trust])).exit).toBe(4);

  const { exit, lines, errors } = await runEtrap(folder, ["replay", recording], near);
  expect(exit, errors.join()).toBe(0);
  localnet.advance(3);
  expect(lines.join("\n")).toMatch(/📌 NFTs: public\.account begins with batch \d+/);

  // With the ledger, the file is upgraded: the anchored batch is a later one of the chain.
  const unaided = await runEtrap(folder, ["verify", pending, ...trust]);
  expect([unaided.exit, unaided.lines[0]]).toEqual([4, expect.stringMatching(/a later one of its chain may cover it/)]);
  const store = ["--store", join(folder, "ledger")];
  const aided = await runEtrap(folder, ["verify", pending, ...trust, ...store, "--upgrade"]);
  expect([aided.exit, aided.lines.slice(0, 2)]).toEqual([
    0,
    [
      expect.stringMatching(/✅ verified: batch \d+ of its chain, which covers it/),
      expect.stringMatching(/the anchor was written into the file/),
    ],
  ]);
  expect((await runEtrap("/nowhere", ["verify", pending, ...trust])).exit).toBe(0);
  // A new proof has the anchor at once.
  const [fresh = ""] = (await runEtrap(folder, ["prove", ...ROW, "--out", join(folder, "b")])).lines;
  expect((await runEtrap("/nowhere", ["verify", fresh, ...trust])).exit).toBe(0);
});

test("an anchor that cannot be asked leaves the answer open", async () => {
  const { folder, trust, localnet } = await makeAnchoredLedger();
  const [file = ""] = (await runEtrap(folder, ["prove", ...ROW, "--out", folder])).lines;
  localnet.setFault(() => ({ kind: "http", status: 503 }));
  const away = await runEtrap(folder, ["verify", file, ...trust]);
  expect([away.exit, away.lines[0]]).toEqual([
    2,
    expect.stringMatching(/could not check: anchor: .*503.*ANCHOR_UNCHECKED/),
  ]);
});
