import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { disclosedValues } from "@etrap/proof";
import { readRecording } from "@etrap/testdata";
import { expect, test } from "vitest";
import { changesOf, readLedger } from "../fixtures/read-ledger.ts";
import { makeReplayedFolder, RECORDING } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

test("records every row change of a capture once", async () => {
  const folder = await makeReplayedFolder();
  const rowChanges = readRecording("restart-duplicates").filter(({ stream }) => stream !== "etrap.transaction");
  expect(changesOf(readLedger(join(folder, "ledger")))).toHaveLength(rowChanges.length);
  const again = await runEtrap(folder, ["replay", RECORDING]);
  expect(again.exit).toBe(0);
  expect(again.lines.at(-1)).toContain("0 batches, 0 events");
  expect(changesOf(readLedger(join(folder, "ledger")))).toHaveLength(rowChanges.length);
});

test("lists no proofs without ETRAP_STORE_PROOF_INDEX, and every change can still be proved", async () => {
  const folder = await makeReplayedFolder({ ETRAP_STORE_PROOF_INDEX: "false" });
  // Reading verifies every batch, chain and proof.
  expect(changesOf(readLedger(join(folder, "ledger"))).length).toBeGreaterThan(200);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const batches = files.filter(({ name }) => name === "batch-data.json");
  for (const { parentPath, name } of batches)
    expect(await readFile(join(parentPath, name), "utf8")).not.toContain("proof_path");
  expect(batches.length).toBeGreaterThan(0);
});

test("prints the banner and a block for each batch", async () => {
  const folder = await makeFolder();
  const { lines } = await runEtrap(folder, ["replay", RECORDING]);
  expect(lines[0]).toContain("🚀 ETRAP CDC Agent Starting...");
  expect(lines[0]).toContain("Max batch size: 1000 · Min batch size: 1 · Read timeout: 60s · Force after: 300s");
  expect(
    lines.some((line) =>
      /📦 Table: public\.account\n {3}Events: 208 · Batch ID: BATCH-.*-T0 · Merkle Root: [0-9a-f]{32}\.\.\./.test(line),
    ),
  ).toBe(true);
});

test("writes JSON lines when asked to", async () => {
  const folder = await makeFolder();
  const { lines } = await runEtrap(folder, ["--json", "replay", RECORDING]);
  const events = lines.map((line): { event: string } => JSON.parse(line));
  expect(events.map(({ event }) => event)).toEqual(["started", "batch-stored", "batch-stored", "stopped"]);
});

test.each([
  ["a line that is not an entry", "nonsense\n", "BAD_CAPTURE"],
  ["an id that is not a position", '{"stream":"s","id":"first","fields":[]}\n', "BAD_CAPTURE"],
  ["fields that are not pairs", '{"stream":"s","id":"1-0","fields":[["a"]]}\n', "BAD_CAPTURE"],
  [
    "ids that decrease",
    '{"stream":"s","id":"2-0","fields":[]}\n{"stream":"s","id":"1-0","fields":[]}\n',
    "BAD_CAPTURE",
  ],
  ["a file without a change", "", "DATABASE_UNKNOWN"],
])("refuses %s", async (_, content, code) => {
  const folder = await makeFolder();
  const file = join(folder, "capture.jsonl");
  await writeFile(file, content);
  const { exit, errors } = await runEtrap(folder, ["replay", file]);
  expect(exit).toBe(2);
  expect(errors.join()).toContain(code);
});

test("reports poison and omitted columns, and counts what was left out", async () => {
  const folder = await makeFolder();
  const file = join(folder, "capture.jsonl");
  const lines = (await readFile(RECORDING, "utf8")).trimEnd().split("\n");
  const broken = {
    stream: "etrap.public.account",
    id: "9999999999999-0",
    fields: [
      ["key", "{"],
      ["value", "{"],
    ],
  };
  await writeFile(file, [...lines, JSON.stringify(broken)].join("\n"));
  const environment = { ETRAP_EXCLUDED_COLUMNS: "*.owner,*.ownr", ETRAP_EXCLUDED_TABLES: "audit.*" };
  const { exit, lines: text } = await runEtrap(folder, ["replay", file], environment);
  expect(exit).toBe(0);
  const log = text.join("\n");
  expect(log).toMatch(/⚠ Poison: entry 9999999999999-0 of etrap\.public\.account cannot be decoded \(NOT_JSON/);
  expect(log).toMatch(/⚠ Column: public\.account: after\.owner is not recorded \(EXCLUDED/);
  expect(log).toMatch(/⚠ Rule: ETRAP_EXCLUDED_COLUMNS: \*\.ownr has matched none of \d+ changes so far/);
  expect(log).toMatch(/Skipped entries: .*TABLE_EXCLUDED 54/);
  expect(log).toMatch(/Poison: NOT_JSON 1\n {3}Values not recorded: EXCLUDED \d+/);
});

test("does not apply the drain timeout unless it is asked to stop", async () => {
  const folder = await makeFolder();
  expect((await runEtrap(folder, ["replay", RECORDING], { ETRAP_DRAIN_TIMEOUT: "0" })).exit).toBe(0);
  expect(changesOf(readLedger(join(folder, "ledger")))).toHaveLength(262);
});

test("reads values with the line separators of Unicode, and lines with a carriage return", async () => {
  const folder = await makeFolder();
  const file = join(folder, "capture.jsonl");
  const value = {
    before: null,
    after: { t: "\u2028\u2029" },
    source: { connector: "postgresql", db: "erp", schema: "public", table: "t" },
    op: "c",
  };
  const entry = {
    stream: "s",
    id: "1-0",
    fields: [
      ["key", "default"],
      ["value", JSON.stringify(value)],
    ],
  };
  await writeFile(file, `${JSON.stringify(entry)}\r\n\r\n`);
  expect((await runEtrap(folder, ["replay", file])).errors).toEqual([]);
  const [change] = changesOf(readLedger(join(folder, "ledger")));
  expect(change?.payload.after && disclosedValues(change.payload.after)).toEqual({ t: "\u2028\u2029" });
});
