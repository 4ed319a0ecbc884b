import { expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

test("writes a line for every batch, in the order of its chain", async () => {
  const folder = await makeReplayedFolder();
  const { exit, lines } = await runEtrap(folder, ["--json", "batches", "list"]);
  expect(exit).toBe(0);
  const batches = lines.map((line): { table: string; schema: string; seq: number; changes: number } =>
    JSON.parse(line),
  );
  expect(batches.filter(({ schema }) => schema === "public").map(({ seq, changes }) => [seq, changes])).toEqual([
    [0, 50],
    [1, 50],
    [2, 50],
    [3, 50],
    [4, 8],
  ]);
  expect(batches.filter(({ schema }) => schema === "audit").map(({ seq, changes }) => [seq, changes])).toEqual([
    [0, 50],
    [1, 4],
  ]);
});

test("writes nothing for an empty store", async () => {
  const { exit, lines } = await runEtrap(await makeFolder(), ["batches", "list"]);
  expect([exit, lines]).toEqual([0, []]);
});
