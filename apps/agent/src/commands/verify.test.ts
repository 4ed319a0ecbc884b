import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeRecord } from "@etrap/proof";
import { recordingFile, tablesFile } from "@etrap/testdata";
import { describe, expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";
import { omittedColumns } from "../report/omitted-columns.ts";

/** Returns a new proof file of `public.account`. */
async function makeProof(): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await makeReplayedFolder();
  const args = ["prove", "--table", "account", "--where", "id=10011", "--out", folder];
  const [file = ""] = (await runEtrap(folder, args)).lines;
  return { folder, file };
}

test("escapes text of the file that would begin a line or move the cursor", async () => {
  const { folder, file } = await makeProof();
  const hostile = '{"!\\u001b[2K\\r\\n✅ verified\u202e\u009b":null,';
  await writeFile(file, (await readFile(file, "utf8")).replace("{", hostile));
  const { exit, lines } = await runEtrap(folder, ["verify", file]);
  expect(exit).toBe(2);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^❔ could not check/);
  expect(lines[0]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("names the place of a changed value", async () => {
  const { folder, file } = await makeProof();
  await writeFile(file, (await readFile(file, "utf8")).replace('"values":{"id":"10011"', '"values":{"id":"10012"'));
  const { exit, lines } = await runEtrap(folder, ["verify", file]);
  expect([exit, lines.join()]).toEqual([
    1,
    expect.stringMatching(/tampered: payload\.(key|after|before): .*COMMITMENT_MISMATCH/),
  ]);
});

test.each([
  ["a truncated file", (text: string) => text.slice(0, 100), "MALFORMED_DOCUMENT"],
  [
    "a file of an unknown version",
    (text: string) => text.replace("etrap-proof/0", "etrap-proof/1"),
    "UNSUPPORTED_VERSION",
  ],
  [
    "a file with duplicate names",
    (text: string) => text.replace('"leaf_index":', '"leaf_index":0,"leaf_index":'),
    "NOT_CANONICAL",
  ],
  ["an empty file", () => "", "MALFORMED_DOCUMENT"],
])("cannot check %s", async (_, spoil, code) => {
  const { folder, file } = await makeProof();
  await writeFile(file, spoil(await readFile(file, "utf8")));
  const { exit, lines } = await runEtrap(folder, ["--json", "verify", file]);
  expect(exit).toBe(2);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ verdict: "could not check", code });
});

test("says in plain English what a document should hold", async () => {
  const { folder, file } = await makeProof();
  await writeFile(file, (await readFile(file, "utf8")).replace(/"position":"[^"]*"/, '"position":"x"'));
  const { lines } = await runEtrap(folder, ["verify", file]);
  expect(lines.join()).toMatch(/could not check: etrap-proof\.record\.position: expected text of the form /);
});

test("names every column that was not recorded, with the reason", async () => {
  const folder = await makeFolder();
  const environment = { ETRAP_EXCLUDED_COLUMNS: "*.owner", ETRAP_TABLES_FILE: tablesFile };
  await runEtrap(folder, ["replay", recordingFile("extended-schemas-on")], environment);
  const args = ["prove", "--table", "account", "--where", "id=203", "--out", folder];
  const files = (await runEtrap(folder, args)).lines;
  const { lines } = await runEtrap(folder, ["verify", ...files]);
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {3}after\.owner: not recorded \(EXCLUDED: a rule excludes the/),
  );

  const answers = (await runEtrap(folder, ["--json", "verify", ...files])).lines;
  const records = answers.map((answer): { record: ChangeRecord } => JSON.parse(answer));
  const omissions = records.flatMap(({ record }) => omittedColumns(record));
  expect(lines.filter((line) => line.includes("not recorded"))).toHaveLength(omissions.length);
});

test("does not say of a row that a snapshot read that it was committed then", async () => {
  const folder = await makeFolder();
  await runEtrap(folder, ["replay", recordingFile("extended-schemas-on")]);
  const args = ["prove", "--table", "account", "--where", "owner=before the snapshot", "--out", folder];
  const [file = ""] = (await runEtrap(folder, args)).lines;
  const text = (await runEtrap(folder, ["verify", file])).lines.join("\n");
  expect(text).toMatch(/SNAPSHOT in public\.account of erp, read by a snapshot at 20/);
  expect(text).not.toContain("committed");
});

describe("with several files", () => {
  test("checks each, and exits with the worst answer", async () => {
    const { folder, file } = await makeProof();
    const [bad, odd] = [join(folder, "bad.etrap.json"), join(folder, "odd.etrap.json")];
    const text = await readFile(file, "utf8");
    await writeFile(bad, text.replace('"values":{"id":"10011"', '"values":{"id":"10012"'));
    await writeFile(odd, "");
    const missing = join(folder, "missing.etrap.json");

    const { exit, lines, errors } = await runEtrap(folder, ["verify", odd, bad, missing, file]);
    expect(exit).toBe(1);
    expect(lines.filter((line) => !line.startsWith(" "))).toEqual([
      expect.stringContaining(`${odd}: ❔ could not check`),
      expect.stringContaining(`${bad}: ❌ tampered`),
      expect.stringContaining(`${file}: ⏳ pending`),
    ]);
    expect(errors.join()).toContain("missing.etrap.json");
    expect((await runEtrap(folder, ["verify", missing, file])).exit).toBe(2);

    const json = await runEtrap(folder, ["--json", "verify", bad, file]);
    expect(json.lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { verdict: "tampered", file: bad },
      { verdict: "pending", file },
    ]);
  });

  test("takes globs, and refuses one that matches nothing", async () => {
    const { folder, file } = await makeProof();
    // A name with a wildcard is a file before it is a glob.
    const named = join(folder, "[1].etrap.json");
    await writeFile(named, await readFile(file));
    const all = await runEtrap(folder, ["--json", "verify", join(folder, "*.etrap.json"), named]);
    expect(all.exit).toBe(4);
    const files = all.lines.map((line): { file: string } => JSON.parse(line)).map((answer) => answer.file);
    expect(files).toContain(named);
    expect(new Set(files).size).toBe(files.length);
    expect(await runEtrap(folder, ["verify", join(folder, "*.nothing")])).toMatchObject({
      exit: 3,
      errors: [expect.stringContaining("*.nothing: expected a glob that matches a file")],
    });
  });
});
