import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder, runEtrap } from "../fixtures/run-etrap.ts";
import { loadEnvironment } from "./load-environment.ts";

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await makeFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

function problemsOf(given: Readonly<Record<string, string>>, folder: string): string {
  try {
    loadEnvironment(given, folder);
    return "";
  } catch (error) {
    return String(error);
  }
}

test("the environment is stronger than .env, and .env than etrap.yaml", async () => {
  const folder = await folderWith({
    "etrap.yaml": "org_id: file\nbatch_size: 1\nlease: 5\nstore_dir: here\n",
    ".env": "ETRAP_BATCH_SIZE=2\nETRAP_LEASE=6\n# comment\n",
  });
  const { environment, origins } = loadEnvironment({ ETRAP_LEASE: "7", ETRAP_STORE_DIR: "" }, folder);
  expect(environment).toEqual({
    ETRAP_ORG_ID: "file",
    ETRAP_BATCH_SIZE: "2",
    ETRAP_LEASE: "7",
    ETRAP_STORE_DIR: "here",
  });
  expect(Object.fromEntries(origins)).toEqual({
    ETRAP_ORG_ID: "etrap.yaml",
    ETRAP_BATCH_SIZE: ".env",
    ETRAP_STORE_DIR: "etrap.yaml",
  });
});

test("without files, the environment is what it was", async () => {
  const { environment, origins } = loadEnvironment({ A: "1" }, await makeFolder());
  expect([environment, origins.size]).toEqual([{ A: "1" }, 0]);
});

test("without a folder, only a file that the environment names is read", async () => {
  const folder = await folderWith({ "etrap.yaml": "org_id: file\n", ".env": "ETRAP_LEASE=6\n" });
  expect(loadEnvironment({}, undefined).environment).toEqual({});
  const named = { ETRAP_CONFIG_FILE: join(folder, "etrap.yaml") };
  expect(loadEnvironment(named, undefined).environment).toEqual({ ETRAP_ORG_ID: "file" });
});

test(".env sets nothing but settings", async () => {
  const folder = await folderWith({ ".env": "NODE_OPTIONS=--require=./evil.js\nPATH=/evil\nETRAP_LEASE=6\n" });
  expect(loadEnvironment({}, folder).environment).toEqual({ ETRAP_LEASE: "6" });
});

test("another file may be named, and must be there", async () => {
  const folder = await folderWith({ "prod.yaml": "org_id: prod\n", "etrap.yaml": "org_id: other\n" });
  const file = join(folder, "prod.yaml");
  expect(loadEnvironment({ ETRAP_CONFIG_FILE: file }, folder).environment).toEqual({ ETRAP_ORG_ID: "prod" });
  expect(problemsOf({ ETRAP_CONFIG_FILE: "/nowhere.yaml" }, folder)).toContain(
    "/nowhere.yaml: cannot be read (ENOENT)",
  );
});

test("a secret is read from its file, without the line break at its end", async () => {
  const folder = await folderWith({ a: "hunter2\n", b: "hunter2", c: "hunter2\r\n", empty: "", two: "a\nb\n" });
  for (const name of ["a", "b", "c"])
    expect(loadEnvironment({ REDIS_PASSWORD_FILE: join(folder, name) }, folder).environment).toEqual({
      REDIS_PASSWORD: "hunter2",
    });
  await mkdir(join(folder, "directory"));
  for (const [name, problem] of [
    ["missing", "cannot be read (ENOENT)"],
    ["directory", "cannot be read (EISDIR)"],
    ["empty", "expected one line with the secret in it"],
    ["two", "expected one line with the secret in it"],
  ])
    expect(problemsOf({ NEAR_PRIVATE_KEY_FILE: join(folder, name ?? "") }, folder)).toContain(
      `NEAR_PRIVATE_KEY_FILE: ${problem}`,
    );
  const both = problemsOf({ REDIS_PASSWORD: "hunter3", REDIS_PASSWORD_FILE: join(folder, "a") }, folder);
  expect(both).toContain("REDIS_PASSWORD_FILE: expected unset, since REDIS_PASSWORD is set");
  expect(both).not.toMatch(/hunter/);
});

test("all problems are told at once", async () => {
  const folder = await folderWith({ "etrap.yaml": "redis: {password: hunter2}\nnear: 7\n" });
  const problems = problemsOf({ REDIS_URL_FILE: "/nowhere" }, folder);
  expect(problems.split("\n")).toHaveLength(4);
});

test("config check writes what is set and where, and masks secrets", async () => {
  const folder = await folderWith({ "etrap.yaml": "batch_size: 500\n" });
  const environment = { ETRAP_BATCH_SIZE: "500", REDIS_PASSWORD: "hunter2" };
  const { exit, lines } = await runEtrap(folder, ["config", "check"], environment);
  expect([exit, lines]).toEqual([
    0,
    [
      "ETRAP_BATCH_SIZE=500  (environment)",
      "ETRAP_ORG_ID=acme  (environment)",
      expect.stringMatching(/^ETRAP_STORE_DIR=/),
      "REDIS_PASSWORD=••••  (environment)",
      expect.stringMatching(/^✅ the settings are valid; \d+ have their default/),
    ],
  ]);
  const wrong = await runEtrap(folder, ["config", "check"], { ETRAP_BATCHSIZE: "5", ETRAP_LEASE: "x" });
  expect([wrong.exit, wrong.errors.join()]).toEqual([
    3,
    expect.stringMatching(/ETRAP_BATCHSIZE: unknown; is ETRAP_BATCH_SIZE meant\?[^]*ETRAP_LEASE: expected/),
  ]);
});
