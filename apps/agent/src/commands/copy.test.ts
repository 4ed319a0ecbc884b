import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeReplayedFolder } from "../fixtures/replayed-folder.ts";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";

async function filesOf(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = files.map(async (file) => [file.slice(folder.length), await readFile(file, "utf8")] as const);
  return new Map(await Promise.all(contents));
}

test("copies a ledger file by file, and finds it there the second time", async () => {
  const folder = await makeReplayedFolder();
  const [from, to] = [join(folder, "ledger"), join(folder, "copy")];
  const first = await runEtrap(folder, ["copy", "--from", from, "--to", to]);
  expect({ exit: first.exit, lines: first.lines }).toEqual({
    exit: 0,
    lines: [expect.stringMatching(/^✅ copied 7 batches of 2 chains\./)],
  });
  expect(await filesOf(to)).toEqual(await filesOf(from));
  const again = await runEtrap(folder, ["--json", "copy", "--from", from, "--to", to]);
  expect(again.lines.map((line): unknown => JSON.parse(line))).toEqual([
    { type: "summary", chains: 2, copied: 0, present: 7, refused: 0, left: 0 },
  ]);
  expect((await runEtrap(folder, ["audit", "--store", to])).exit).toBe(0);
});

test("names what is damaged, copies the rest, and exits with 1", async () => {
  const folder = await makeReplayedFolder();
  const [from, to] = [join(folder, "ledger"), join(folder, "copy")];
  const slot = join(from, "erp/account/chain/000000000002.json");
  await writeFile(slot, (await readFile(slot, "utf8")).replace("INSERT", "inSERT"));
  const { exit, lines } = await runEtrap(folder, ["copy", "--from", from, "--to", to]);
  expect(exit).toBe(1);
  expect(lines[0]).toMatch(/^❌ erp\/account\/chain\/000000000002\.json: /);
  expect(lines[1]).toMatch(/^❌ copied 4 batches of 2 chains; 1 objects were refused/);
});

test("copies the chains that are asked for", async () => {
  const folder = await makeReplayedFolder();
  const places = ["--from", join(folder, "ledger"), "--to", join(folder, "copy")];
  const { lines } = await runEtrap(folder, ["copy", ...places, "--table", "audit.account"]);
  expect(lines).toEqual([expect.stringMatching(/^✅ copied 2 batches of 1 chains/)]);
  const unknown = await runEtrap(folder, ["copy", ...places, "--table", "nope"]);
  expect(unknown).toMatchObject({ exit: 3, errors: [expect.stringMatching(/--table nope: no such chain/)] });
});

test("exits with 2 where the source holds no chain", async () => {
  const folder = await makeFolder();
  const { exit, lines } = await runEtrap(folder, ["copy", "--from", join(folder, "a"), "--to", join(folder, "b")]);
  expect({ exit, lines }).toEqual({ exit: 2, lines: [expect.stringMatching(/no chain found/)] });
});

test.each([
  ["ledger", "ledger"],
  ["ledger", "ledger/"],
  ["ledger", "ledger/copy"],
  ["ledger/inside", "ledger"],
  ["s3://bucket/a", "s3://bucket/a"],
  ["s3://bucket/a", "s3://bucket/a/b"],
  ["s3://bucket", "s3://bucket/a"],
])("refuses to copy %s to %s", async (from, to) => {
  const { exit, errors } = await runEtrap(await makeFolder(), ["copy", "--from", from, "--to", to]);
  expect({ exit, errors }).toEqual({ exit: 3, errors: [expect.stringMatching(/--to: expected a place/)] });
});

test("refuses a target that a link leads into the source", async () => {
  const folder = await makeReplayedFolder();
  await symlink(join(folder, "ledger"), join(folder, "link"), "junction");
  const before = await filesOf(join(folder, "ledger"));
  for (const to of ["link", "link/copy/deep"]) {
    const places = ["--from", join(folder, "ledger"), "--to", join(folder, to)];
    const { exit, errors } = await runEtrap(folder, ["copy", ...places]);
    expect({ exit, errors }).toEqual({ exit: 3, errors: [expect.stringMatching(/--to: expected a place/)] });
  }
  expect(await filesOf(join(folder, "ledger"))).toEqual(before);
});

test("counts what is left behind", async () => {
  const folder = await makeReplayedFolder();
  const [from, to] = [join(folder, "ledger"), join(folder, "copy")];
  await writeFile(join(from, "erp/account/notes.txt"), "x");
  const { exit, lines } = await runEtrap(folder, ["copy", "--from", from, "--to", to]);
  expect({ exit, lines }).toEqual({
    exit: 0,
    lines: [expect.stringMatching(/^✅ copied 7 batches of 2 chains\. 1 other objects were left: orphans, stray keys/)],
  });
});

test.each(["s3://", "s3://A", "s3://bucket/../x", "s3:bucket"])("refuses the place %s", async (place) => {
  const { exit, errors } = await runEtrap(await makeFolder(), ["copy", "--from", "a", "--to", place]);
  expect({ exit, errors }).toEqual({
    exit: 3,
    errors: [expect.stringMatching(/expected s3:\/\/bucket\/prefix.*BAD_LOCATION/)],
  });
});

test("source ids are copied only when they are asked for, and with the whole database", async () => {
  const folder = await makeReplayedFolder();
  await mkdir(join(folder, "ledger/.etrap/sources"), { recursive: true });
  await writeFile(join(folder, "ledger/.etrap/sources/erp.json"), "{}");
  const copy = async (to: string, ...options: string[]): Promise<readonly [number, boolean]> => {
    const places = ["--from", join(folder, "ledger"), "--to", join(folder, to)];
    const { exit } = await runEtrap(folder, ["copy", ...places, ...options]);
    return [exit, (await filesOf(join(folder, to))).has("/.etrap/sources/erp.json")];
  };
  expect(await copy("read")).toEqual([0, false]);
  expect(await copy("moved", "--with-source")).toEqual([0, true]);
  expect(await copy("part", "--with-source", "--table", "audit.account")).toEqual([1, false]);
});
