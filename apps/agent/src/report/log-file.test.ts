import { mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../fixtures/run-etrap.ts";
import { openLogFile } from "./log-file.ts";

const now = (): Date => new Date(0);

test("adds lines, and goes on in a new file after the old one was moved away", async () => {
  const folder = await makeFolder();
  const path = join(folder, "etrap.log");
  const log = openLogFile(path, now);
  log.write("a");
  await rename(path, `${path}.1`);
  log.write("b");
  log.reopen();
  log.write("c");
  log.close();
  const again = openLogFile(path, now);
  again.write("d");
  again.close();
  expect(await readFile(`${path}.1`, "utf8")).toBe("a\nb\n");
  expect(await readFile(path, "utf8")).toBe("c\nd\n");
});

test("lines that a full disk refused are counted, and told of later", async () => {
  const folder = await makeFolder();
  const path = join(folder, "etrap.log");
  await symlink("/dev/full", path);
  const full = openLogFile(path, now);
  for (const line of ["a", "b", "c"]) full.write(line);
  await rm(path);
  // There is room again.
  full.reopen();
  full.write("d");
  full.close();
  expect((await readFile(path, "utf8")).trimStart().split("\n")).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"warn","event":"log-lines-lost","count":3,"code":"ENOSPC"}',
    "d",
    "",
  ]);
});

test("a file that cannot be opened is refused, and a new one that cannot be leaves the old one", async () => {
  const folder = await makeFolder();
  expect(() => openLogFile(folder, now)).toThrow(/ETRAP_LOG_FILE: cannot be opened \(EISDIR\)/);
  const path = join(folder, "etrap.log");
  const log = openLogFile(path, now);
  await rename(path, `${path}.1`);
  await mkdir(path);
  log.reopen();
  log.write("a");
  log.close();
  expect(await readFile(`${path}.1`, "utf8")).toBe("a\n");
});
