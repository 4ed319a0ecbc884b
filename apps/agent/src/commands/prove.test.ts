import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeProofFile, parseProofFile } from "@etrap/proof";
import type { Anchor } from "@etrap/proof";
import { recordingFile } from "@etrap/testdata";
import { expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

const ANCHOR: Anchor = {
  kind: "near-nft",
  network: "testnet",
  contract: "acme.etrap.testnet",
  token_id: "BATCH-2025-06-13-0123456789abcdef-T0",
  tx_hash: null,
  block_height: 1,
  block_time: "1749855196423000000",
  evidence: null,
};

test("writes a pending proof file for every change that matches", async () => {
  const folder = await makeReplayedFolder();
  const { exit, lines } = await runEtrap(folder, [
    "prove",
    "--table",
    "public.account",
    "--where",
    "id=10011",
    "--out",
    folder,
  ]);
  expect(exit).toBe(0);
  expect(lines.length).toBeGreaterThan(0);
  for (const file of lines) {
    const verified = await runEtrap(folder, ["--json", "verify", file]);
    expect(verified.exit).toBe(2);
    expect(JSON.parse(verified.lines[0] ?? "")).toMatchObject({
      verdict: "pending",
      record: { table: "account", schema: "public" },
    });
  }
});

test("takes a table in public without its schema, and matches all conditions against one image", async () => {
  const folder = await makeReplayedFolder();
  const one = await runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder]);
  expect(one.exit).toBe(0);
  const none = await runEtrap(folder, [
    "prove",
    "--table",
    "account",
    "--where",
    "id=10011",
    "owner=nobody",
    "--out",
    folder,
  ]);
  // The updates of this row do not show its owner before.
  expect([none.exit, none.lines]).toEqual([2, []]);
  expect(none.errors.join()).toContain("may match");
  expect((await runEtrap(folder, ["prove", "--table", "account", "--where", "id=99", "--out", folder])).exit).toBe(1);
});

test("refuses a column twice, and more than ten conditions", async () => {
  const folder = await makeReplayedFolder();
  const prove = (...where: string[]): ReturnType<typeof runEtrap> =>
    runEtrap(folder, ["prove", "--table", "account", "--out", folder, "--where", ...where]);
  expect((await prove("id=1", "id=2")).exit).toBe(3);
  expect((await prove(...Array.from({ length: 11 }, (_, index) => `c${index}=true`))).exit).toBe(3);
});

test("proves a deletion that is recorded by its key, with those columns to show that it has", async () => {
  const folder = await makeFolder();
  const recording = recordingFile("extended-schemas-on");
  await runEtrap(folder, ["replay", recording], { ETRAP_COMMITMENT: "fields" });
  const args = ["prove", "--table", "account", "--where", "id=203", "--show", "owner", "--out", folder];
  const { exit, lines } = await runEtrap(folder, args);
  expect(exit).toBe(0);
  expect(lines.length).toBeGreaterThan(1);
});

test("keeps a proof that exists, with its anchor", async () => {
  const folder = await makeReplayedFolder();
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder];
  const [file = ""] = (await runEtrap(folder, args)).lines;
  const anchored = encodeProofFile({ ...parseProofFile(await readFile(file)), anchor: ANCHOR });
  await writeFile(file, anchored);
  expect((await runEtrap(folder, args)).lines).toContain(file);
  expect(await readFile(file)).toEqual(Buffer.from(anchored));
});

test("neither overwrites a different file nor takes it for the proof", async () => {
  const folder = await makeReplayedFolder();
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder];
  const [file = ""] = (await runEtrap(folder, args)).lines;
  await writeFile(file, "something else");
  expect(await runEtrap(folder, args)).toMatchObject({ exit: 2, errors: [expect.stringContaining("FILE_EXISTS")] });
  expect(await readFile(file, "utf8")).toBe("something else");
});

test("shows only the chosen columns of a fields commitment", async () => {
  const folder = await makeReplayedFolder({ ETRAP_COMMITMENT: "fields" });
  const prove = (...more: string[]): ReturnType<typeof runEtrap> =>
    runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder, ...more]);
  const [file = ""] = (await prove("--show", "id")).lines;
  const [verdict = ""] = (await runEtrap(folder, ["--json", "verify", file])).lines;
  const proof = JSON.parse(verdict);
  expect(proof).toMatchObject({ verdict: "pending", shown: { after: { id: "10011" } } });
  expect(Object.keys(proof.shown.after)).toEqual(["id"]);
  expect(proof.hidden).toContainEqual({ part: "after", column: "owner" });
  expect((await runEtrap(folder, ["verify", file])).lines.join("\n")).toContain("after.owner: not shown");
  // A proof of the whole row differs from the one that exists.
  expect(await prove()).toMatchObject({ exit: 2, errors: [expect.stringContaining("FILE_EXISTS")] });
});

test("refuses to show some columns of a row commitment", async () => {
  const folder = await makeReplayedFolder();
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder, "--show", "id"];
  expect(await runEtrap(folder, args)).toMatchObject({
    exit: 3,
    errors: [expect.stringContaining("NOT_DISCLOSABLE")],
  });
});

test("refuses to show a column that no image has", async () => {
  const folder = await makeReplayedFolder({ ETRAP_COMMITMENT: "fields" });
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder, "--show", "id", "ownr"];
  expect(await runEtrap(folder, args)).toMatchObject({ exit: 3, errors: [expect.stringContaining("ownr")] });
});

test("reports a slot that is in another table's chain, and proves nothing from it", async () => {
  const folder = await makeReplayedFolder();
  const slotOf = (table: string): string => join(folder, "ledger", "erp", table, "chain", "000000000000.json");
  await mkdir(join(folder, "ledger", "erp", "zzz", "chain"), { recursive: true });
  await writeFile(slotOf("zzz"), await readFile(slotOf("account")));
  for (const args of [
    ["batches", "list"],
    ["prove", "--table", "zzz", "--where", "id=1", "--out", folder],
  ]) {
    expect(await runEtrap(folder, args)).toMatchObject({
      exit: 2,
      errors: [expect.stringContaining("LEDGER_DAMAGED")],
    });
  }
});

test("proves nothing from a batch that no slot names", async () => {
  const folder = await makeReplayedFolder();
  const chain = join(folder, "ledger", "erp", "account", "chain");
  await rm(join(chain, "000000000004.json"));
  const before = (await runEtrap(folder, ["prove", "--table", "account", "--where", "id=10011", "--out", folder]))
    .lines;
  await rm(chain, { recursive: true });
  await mkdir(chain);
  const { exit, errors } = await runEtrap(folder, [
    "prove",
    "--table",
    "account",
    "--where",
    "id=10011",
    "--out",
    folder,
  ]);
  expect(before.length).toBeGreaterThan(0);
  expect([exit, errors.join()]).toEqual([3, expect.stringContaining("no such table")]);
});

test("reports a missing slot or batch, instead of taking it for the end of the ledger", async () => {
  const folder = await makeReplayedFolder();
  const table = join(folder, "ledger", "erp", "account");
  const prove = (): ReturnType<typeof runEtrap> =>
    runEtrap(folder, ["prove", "--table", "account", "--where", "id=0", "--out", folder]);
  expect((await prove()).exit).toBe(1);
  const [batch = ""] = (await readdir(table)).filter((name) => name.startsWith("BATCH-"));
  await rm(join(table, batch, "batch-data.json"));
  expect(await prove()).toMatchObject({ exit: 2, errors: [expect.stringContaining("LEDGER_DAMAGED")] });
  await rm(join(table, "chain", "000000000001.json"));
  expect(await runEtrap(folder, ["batches", "list"])).toMatchObject({
    exit: 2,
    errors: [expect.stringContaining("SLOT_MISSING")],
  });
});

test("refuses a batch that was changed", async () => {
  const folder = await makeReplayedFolder();
  const table = join(folder, "ledger", "erp", "account");
  const [batch = ""] = (await readdir(table)).filter((name) => name.startsWith("BATCH-"));
  const file = join(table, batch, "batch-data.json");
  await writeFile(file, (await readFile(file, "utf8")).replace('"values":{"id":"', '"values":{"id":"9'));
  const { exit, errors } = await runEtrap(folder, [
    "prove",
    "--table",
    "account",
    "--where",
    "id=10011",
    "--out",
    folder,
  ]);
  expect([exit, errors.join()]).toEqual([1, expect.stringContaining("COMMITMENT_MISMATCH")]);
});
