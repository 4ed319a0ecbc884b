import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVersitygw } from "@etrap/test-servers";
import { afterAll, expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { runEtrap } from "../fixtures/run-etrap.ts";
import { s3Environment } from "../fixtures/s3-environment.ts";

const s3 = await startVersitygw();
afterAll(() => s3.stop());

async function filesOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [file.slice(folder.length), await readFile(file, "utf8")] as const)),
  );
}

test("an audit names the keys of a bucket that no store creates", async () => {
  const folder = await makeReplayedFolder();
  const { ETRAP_S3_BUCKET: _, ...environment } = s3Environment(s3, "unused");
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const)
    process.env[name] = environment[name] ?? "";
  await runEtrap(folder, ["copy", "--from", join(folder, "ledger"), "--to", "s3://stray"], environment);
  await writeFile(join(s3.folder, "stray/erp/account/a note.txt"), "x");
  const { exit, lines } = await runEtrap(folder, ["audit", "--store", "s3://stray"], environment);
  expect(exit).toBe(0);
  expect(lines.filter((line) => line.includes("STRAY_KEY"))).toEqual([
    "· erp/account/a note.txt: no store creates such a key (STRAY_KEY)",
  ]);
});

test("a ledger goes from a folder to a bucket and back, and is the same byte for byte", async () => {
  const folder = await makeReplayedFolder();
  const { ETRAP_S3_BUCKET: _, ...environment } = s3Environment(s3, "unused");
  // The SDK reads the credentials from the variables of this process.
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] as const)
    process.env[name] = environment[name] ?? "";
  const [from, to, bucket] = [join(folder, "ledger"), join(folder, "back"), "s3://hand-over/audit"];
  const copy = async (...places: [string, string]): Promise<number> =>
    (await runEtrap(folder, ["copy", "--from", places[0], "--to", places[1]], environment)).exit;
  expect([await copy(from, bucket), await copy(from, bucket), await copy(bucket, to)]).toEqual([0, 0, 0]);
  expect(await filesOf(to)).toEqual(await filesOf(from));
  for (const command of [["audit"], ["batches", "list"], ["orphans", "list"]])
    expect((await runEtrap(folder, [...command, "--store", bucket], environment)).exit).toBe(0);
});
