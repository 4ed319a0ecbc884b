import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { batchId, parseHeader } from "@etrap/proof";
import { expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

const slotOf = (folder: string, seq: number): string =>
  join(folder, "ledger/erp/account/chain", `${String(seq).padStart(12, "0")}.json`);

async function batchFolder(folder: string, seq: number): Promise<string> {
  return join(folder, "ledger/erp/account", batchId(parseHeader(await readFile(slotOf(folder, seq)))));
}

test("says that all is right, and what an audit cannot see", async () => {
  const folder = await makeReplayedFolder();
  const { exit, lines, errors } = await runEtrap(folder, ["audit"]);
  expect(exit, errors.join()).toBe(0);
  expect(lines).toEqual([
    expect.stringMatching(/^✅ all is right: checked \d+ chains, \d+ batches, \d+ changes$/),
    expect.stringMatching(/^ {3}The newest batches of a chain can be hidden/),
  ]);
  const json = await runEtrap(folder, ["audit", "--json"]);
  expect(json.lines.map((line): unknown => JSON.parse(line))).toEqual([
    expect.objectContaining({ type: "summary", findings: {}, severities: { fault: 0, unchecked: 0, note: 0 } }),
  ]);
});

test("names each fault with its key and remedy, and exits with 1", async () => {
  const folder = await makeReplayedFolder();
  await rm(join(await batchFolder(folder, 1), "merkle-tree.json"));
  const data = join(await batchFolder(folder, 2), "batch-data.json");
  await rm(slotOf(folder, 0));
  await writeFile(data, (await readFile(data, "utf8")).replace("INSERT", "UPDATE"));
  const { exit, lines } = await runEtrap(folder, ["audit", "--table", "account", "--database", "erp"]);
  expect(exit).toBe(1);
  const text = lines.join("\n");
  expect(text).toMatch(/❌ erp\/account\/chain\/0{12}\.json: missing.*etrap repair restores it.*\(SLOT_MISSING\)/);
  expect(text).toMatch(/\(BATCH_DAMAGED\)/);
  expect(lines.at(-2)).toMatch(/^❌ 2 faults, 0 not checked/);
  const json = await runEtrap(folder, ["--json", "audit"]);
  expect(json.exit).toBe(1);
  const findings = json.lines.map((line): { type: string; key?: string } => JSON.parse(line));
  expect(findings.filter(({ type }) => type === "finding").every(({ key }) => key?.startsWith("erp/account/"))).toBe(
    true,
  );
});

test("reports leftovers and stray keys as notes, which change no exit code", async () => {
  const folder = await makeReplayedFolder();
  await writeFile(join(folder, "ledger/README"), "x");
  const { exit, lines } = await runEtrap(folder, ["audit"]);
  expect(exit).toBe(0);
  expect(lines).toContainEqual("· README: it belongs to no chain (STRAY_KEY)");
  expect(lines.at(-2)).toMatch(/; 1 notes$/);
});

test("checks the slots alone, or the batches since a time", async () => {
  const folder = await makeReplayedFolder();
  for (const option of ["--headers-only", "--since=2100-01-01"]) {
    const { exit, lines } = await runEtrap(folder, ["audit", option]);
    expect(exit).toBe(0);
    expect(lines[0]).toMatch(/^✅ what was checked is right: .* batches \(0 read whole\), 0 changes/);
  }
});

test("exits with 2 where there is no chain", async () => {
  const { exit, lines } = await runEtrap(await makeFolder(), ["audit"]);
  expect({ exit, lines }).toEqual({ exit: 2, lines: [expect.stringMatching(/^❔ no chain found/)] });
});

test.each([
  ["--since", "yesterday"],
  ["--since", "2026-13-01"],
  ["--since", "2026-11-30 08:00"],
  ["--table", "nope"],
  ["--database", "nope"],
])("refuses %s %s", async (option, value) => {
  const { exit, errors } = await runEtrap(await makeReplayedFolder(), ["audit", option, value]);
  expect({ exit, errors }).toEqual({ exit: 3, errors: [expect.stringMatching(new RegExp(`${option}.*BAD_ARGUMENT`))] });
});
