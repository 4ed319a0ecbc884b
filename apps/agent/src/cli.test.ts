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
  [["verify", "a", "b"], 2],
  [["verify", "*.nothing"], 3],
  [["batches"], 3],
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

test.each([
  [["--json", "nonsense"], /unknown command 'nonsense'/],
  [["--json", "verify"], /missing required argument 'files'/],
  [["--json", "prove", "--table", "t"], /required option '--where/],
  [["--json", "run", "--nonsense"], /unknown option '--nonsense'/],
  [["--json"], /expected a command; see etrap --help/],
  [["--json", "prove", "--table", "t", "--where", "nothing"], /column=value/],
])("%j writes its problem as JSON", async (args, message) => {
  const { exit, lines, errors } = await runEtrap(await makeFolder(), args);
  expect([exit, lines]).toEqual([3, []]);
  expect(errors.map((line): unknown => JSON.parse(line))).toEqual([
    { error: "BAD_ARGUMENT", message: expect.stringMatching(message) },
  ]);
});

test("suggests the command that was most likely meant, in the same line", async () => {
  const { errors } = await runEtrap(await makeFolder(), ["verfy"]);
  expect(errors).toEqual(["etrap: unknown command 'verfy' (Did you mean verify?); see etrap --help (BAD_ARGUMENT)"]);
});

test("writes the problem of a command line once, with its code", async () => {
  const { errors } = await runEtrap(await makeFolder(), ["run", "--nonsense"]);
  expect(errors).toEqual(["etrap: unknown option '--nonsense'; see etrap --help (BAD_ARGUMENT)"]);
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
  for (const [content, problem] of [
    ['{"public":{}}', /public: expected no member of this name/],
    [named.replace("{", '{"tables": {},'), /each name only once/],
    ['{"tables"', /expected JSON .* at character 10/],
    ["tables", /expected JSON .* at character 1 /],
  ] as const) {
    await writeFile(bad, content);
    const { exit, errors } = await runEtrap(folder, ["replay", RECORDING], { ETRAP_TABLES_FILE: bad });
    expect([exit, errors.join()]).toEqual([3, expect.stringContaining("ETRAP_TABLES_FILE")]);
    expect(errors.join()).toMatch(problem);
  }
  expect((await runEtrap(folder, ["replay", RECORDING], { ETRAP_TABLES_FILE: tablesFile })).exit).toBe(0);
});

test("names the variables in run --help", async () => {
  const { lines } = await runEtrap(await makeFolder(), ["run", "--help"]);
  expect(lines.join("\n")).toContain("ETRAP_FORCE_BATCH_AFTER");
});
