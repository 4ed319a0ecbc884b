import { globSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

async function folderWithPoison(): Promise<string> {
  const folder = await makeFolder();
  const entries = ["{", "not json either"].map((value, index) =>
    JSON.stringify({
      stream: "etrap.public.a",
      id: `${index + 1}-0`,
      fields: [
        ["key", "{}"],
        ["value", value],
      ],
    }),
  );
  await writeFile(join(folder, "capture.jsonl"), `${entries.join("\n")}\n`);
  const { exit, errors } = await runEtrap(folder, ["replay", "--database", "erp", join(folder, "capture.jsonl")]);
  expect(exit, errors.join()).toBe(0);
  return folder;
}

test("lists poison with its stream, position and reason", async () => {
  const folder = await folderWithPoison();
  const { exit, lines } = await runEtrap(folder, ["poison", "list"]);
  expect([exit, lines]).toEqual([
    0,
    [1, 2].map((id) =>
      expect.stringMatching(new RegExp(`^POISON  20\\S+Z  ${id}-0  erp  etrap\\.public\\.a  .+  BATCH-`)),
    ),
  ]);
  const json = await runEtrap(folder, ["--json", "poison", "list", "--database", "erp"]);
  expect(JSON.parse(json.lines[0] ?? "")).toMatchObject({ operation: "POISON", position: "1-0", database: "erp" });
  expect((await runEtrap(folder, ["poison", "list", "--database", "crm"])).lines).toEqual([]);
});

test("a ledger without poison has an empty list", async () => {
  expect((await runEtrap(await makeReplayedFolder(), ["poison", "list"])).lines).toEqual([]);
});

test("a damaged batch is named, and leaves the list open", async () => {
  const folder = await folderWithPoison();
  const [file = ""] = globSync(join(folder, "ledger/erp/~/BATCH-*/batch-data.json"));
  await writeFile(file, (await readFile(file, "utf8")).slice(1));
  const { exit, errors } = await runEtrap(folder, ["poison", "list"]);
  expect([exit, errors.join()]).toEqual([2, expect.stringContaining("batch-data.json")]);
});
