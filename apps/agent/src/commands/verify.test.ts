import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { runEtrap } from "../fixtures/run-etrap.ts";

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
