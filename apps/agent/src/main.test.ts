import { spawn, spawnSync } from "node:child_process";
import type { SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { makeReplayedFolder } from "./fixtures/replayed-folder.ts";
import { makeFolder } from "./fixtures/run-etrap.ts";

const MAIN = resolve(import.meta.dirname, "main.ts");
const BIN = resolve(import.meta.dirname, "../bin/etrap.js");

test.each([
  ["batches", "list"],
  ["--json", "batches", "list"],
  ["run", "--help"],
])("ends quietly when its reader goes away: %s", async (...args) => {
  const folder = await makeReplayedFolder({ ETRAP_BATCH_SIZE: "5" });
  const store = args.includes("list") ? ["--store", join(folder, "ledger")] : [];
  const child = spawn(process.execPath, ["--conditions=@etrap/source", MAIN, ...args, ...store], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  const [code] = await once(child, "close");
  expect([code, errors]).toEqual([0, ""]);
});

test("tells an answer that could not be written from a yes", { skip: process.platform !== "linux" }, async () => {
  const folder = await makeReplayedFolder();
  const command = `"$0" --conditions=@etrap/source "$1" batches list --store "$2" > /dev/full`;
  const { status, stderr } = spawnSync("sh", ["-c", command, process.execPath, MAIN, join(folder, "ledger")], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([2, "etrap: the output could not be written (ENOSPC)\n"]);
});

test.each(["18.20.8", "20.19.5", "22.11.0"])("says on Node %s which Node it needs", async (version) => {
  const old = join(await makeFolder(), "old.mjs");
  const versions = JSON.stringify({ ...process.versions, node: version });
  await writeFile(old, `Object.defineProperty(process, "versions", { value: ${versions} });`);
  const run = (...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, ["--import", pathToFileURL(old).href, BIN, ...args], { encoding: "utf8" });
  const message = `etrap needs Node ≥ 22.12, this is ${version}`;
  expect(run("run")).toMatchObject({ status: 2, stdout: "", stderr: `${message}\n` });
  expect(JSON.parse(run("--json", "run").stderr)).toEqual({ error: "NODE_TOO_OLD", message });
});

test("asks for the Node that the package names", async () => {
  const manifest: { engines: { node: string }; bin: { etrap: string } } = JSON.parse(
    await readFile(resolve(import.meta.dirname, "../package.json"), "utf8"),
  );
  const [major, minor] = manifest.engines.node.replace(">=", "").split(".");
  expect(await readFile(BIN, "utf8")).toContain(`const LEAST = [${major}, ${minor}];`);
  expect(resolve(import.meta.dirname, "..", manifest.bin.etrap)).toBe(BIN);
});

test.each(["verify", "audit"])("%s does not trust a contract that the folder names", async (command) => {
  const folder = await makeReplayedFolder();
  const evil = "near: { account_id: mallory.near, contract_id: notary.mallory.near, rpc_urls: 'http://127.0.0.1:1' }\n";
  await writeFile(join(folder, "etrap.yaml"), evil);
  await writeFile(join(folder, ".env"), "NEAR_CONTRACT_ID=notary.mallory.near\n");
  const args = command === "audit" ? ["--store", "ledger"] : ["nothing.etrap.json"];
  const run = (...given: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, ["--conditions=@etrap/source", MAIN, ...given], { cwd: folder, encoding: "utf8" });
  const { stdout, stderr } = run("--json", command, ...args);
  expect(`${stdout}${stderr}`).not.toContain("mallory");
  if (command === "audit") expect(stdout).toContain('"contract":null');
  // The folder is the operator's where something is run.
  expect(run("config", "check").stdout).toContain("NEAR_CONTRACT_ID=notary.mallory.near  (.env)");
});
