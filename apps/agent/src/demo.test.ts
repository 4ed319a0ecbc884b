import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "./fixtures/run-etrap.ts";

const DEMO = resolve(import.meta.dirname, "demo.ts");

function runDemo(folder: string): { readonly status: number | null; readonly text: string } {
  const args = ["--conditions=@etrap/source", DEMO];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  return { status, text: stdout + stderr };
}

test("makes its files, says what they are, and deletes no other file", { timeout: 60_000 }, async () => {
  const folder = await makeFolder();
  const demo = join(folder, "etrap-demo");
  const mine = ["mine.txt", "proofs/mine.etrap.json", "ledger/notes.txt", "ledger/erp/account/notes.txt"];
  for (const name of mine) {
    await mkdir(dirname(join(demo, name)), { recursive: true });
    await writeFile(join(demo, name), "mine");
  }
  for (let run = 0; run < 2; run += 1) {
    const { status, text } = runDemo(folder);
    expect([status, text]).toEqual([0, expect.stringContaining("README.md there says what each file is")]);
    expect(text).toMatch(/✅ verified: its batch is in the contract notary\.owner\.acme on localnet since block \d+/);
    expect(text).toMatch(/❌ tampered: payload\.\w+: .*COMMITMENT_MISMATCH/);
    for (const name of mine) expect(await readFile(join(demo, name), "utf8")).toBe("mine");
    const names = (await readdir(demo)).toSorted();
    expect(names).toEqual([
      "README.md",
      "chain",
      "files-of-the-demo.txt",
      "ledger",
      "mine.txt",
      "near",
      "proofs",
      "tampered.etrap.json",
    ]);
    const readme = await readFile(join(demo, "README.md"), "utf8");
    for (const name of names) if (name !== "README.md" && name !== "mine.txt") expect(readme).toContain(name);
    expect((await readdir(join(demo, "proofs"))).filter((name) => name.startsWith("BATCH-"))).toHaveLength(1);
  }
});

test("refuses a folder with a ledger that it did not make, and leaves it as it is", async () => {
  const folder = await makeFolder();
  const slot = join(folder, "etrap-demo", "ledger", "erp", "account", "chain", "000000000000.json");
  await mkdir(dirname(slot), { recursive: true });
  await writeFile(slot, "mine");
  const { status, text } = runDemo(folder);
  expect([status, text]).toEqual([2, expect.stringMatching(/^demo: .*expected only files of the demo/m)]);
  expect(await readFile(slot, "utf8")).toBe("mine");
});

test("leaves a README that is not its own", async () => {
  const folder = await makeFolder();
  await mkdir(join(folder, "etrap-demo"));
  await writeFile(join(folder, "etrap-demo", "README.md"), "mine");
  for (let run = 0; run < 2; run += 1) expect(runDemo(folder).status).toBe(0);
  expect(await readFile(join(folder, "etrap-demo", "README.md"), "utf8")).toBe("mine");
});
