import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tablesFile } from "@etrap/testdata";
import { expect, test } from "vitest";
import { RECORDING } from "./fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "./fixtures/run-etrap.ts";

test.each([
  [[], 3],
  [["nonsense"], 3],
  [["verify"], 3],
  [["verify", "a", "b"], 3],
  [["run", "--nonsense"], 3],
  [["prove", "--table", "t"], 3],
  [["prove", "--table", "t", "--where", "nothing"], 3],
  [["prove", "--table", "t", "--where", "=x"], 3],
  [["--help"], 0],
  [["run", "--help"], 0],
  [["--version"], 0],
  [["verify", "no-such-file"], 2],
  [["replay", "no-such-file"], 2],
])("%j exits with %i", async (args, exit) => {
  expect((await runEtrap(await makeFolder(), args)).exit).toBe(exit);
});

test("reports every problem of the settings at once, and exits with 3", async () => {
  const { exit, errors } = await runEtrap(await makeFolder(), ["run"], {
    ETRAP_BATCH_SIZE: "0",
    ETRAP_S3_BUCKET: "b",
    REDIS_PASSWORD: "secret",
  });
  expect(exit).toBe(3);
  expect(errors.join()).toMatch(/ETRAP_S3_BUCKET[^]*ETRAP_BATCH_SIZE/);
  expect(errors.join()).not.toContain("secret");
});

test("reports an invalid tables file as a problem of the settings", async () => {
  const folder = await makeFolder();
  const bad = join(folder, "tables.json");
  const named = await readFile(tablesFile, "utf8");
  for (const content of ['{"public":{}}', named.replace("{", '{"tables": {},')]) {
    await writeFile(bad, content);
    const { exit, errors } = await runEtrap(folder, ["replay", RECORDING], { ETRAP_TABLES_FILE: bad });
    expect([exit, errors.join()]).toEqual([3, expect.stringContaining("ETRAP_TABLES_FILE")]);
  }
  expect((await runEtrap(folder, ["replay", RECORDING], { ETRAP_TABLES_FILE: tablesFile })).exit).toBe(0);
});

test("names the variables in run --help", async () => {
  const { lines } = await runEtrap(await makeFolder(), ["run", "--help"]);
  expect(lines.join("\n")).toContain("ETRAP_FORCE_BATCH_AFTER");
});
