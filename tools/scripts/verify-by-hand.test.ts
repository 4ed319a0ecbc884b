import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/verify-by-hand.md"), "utf8");
const SCRIPT = Array.from(PAGE.matchAll(/^```sh\n(.*?)^```/gms), ([, commands]) => commands).join("\n");
const EXAMPLE = readFileSync(join(ROOT, "packages/proof/examples/account.etrap.json"), "utf8");

const [, NAME = ""] = /"batch_id":"BATCH-2025-06-13-([0-9a-f]+)-T0","format"/.exec(EXAMPLE) ?? [];

/** Runs the page's commands, as they stand, on a proof file. */
function verifyByHand(file: string): { status: number | null; output: string; errors: string } {
  const folder = mkdtempSync(join(tmpdir(), "etrap-by-hand-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "proof.etrap.json"), file);
  const { status, stdout, stderr } = spawnSync("sh", ["-c", SCRIPT], { cwd: folder, encoding: "utf8" });
  return { status, output: stdout, errors: stderr };
}

test("the page's commands find a true proof true, and name what to ask the anchor", () => {
  const { status, output, errors } = verifyByHand(EXAMPLE);
  expect(errors).toBe("");
  expect(status).toBe(0);
  expect(output.match(/^yes: .*$/gm)).toHaveLength(5);
  const { batch_id, headers } = JSON.parse(EXAMPLE);
  expect(output).toContain(
    `batch ${batch_id}, root ${headers[0].merkle_root}, header digest ${batch_id.slice(17, 33)}`,
  );
});

test.each([
  ["a value", '"owner":"Bo"', '"owner":"Al"', "NO: the row is"],
  ["a salt", '"salt":"04', '"salt":"05', "NO: the row is"],
  ["the record", '"tx_id":"555"', '"tx_id":"556"', "NO: the record is"],
  ["the path", '"path":["8', '"path":["9', "NO: the record is"],
  ["the index", '"leaf_index":1', '"leaf_index":0', "NO: the record is"],
  ["the size of the tree", '"tree_size":3', '"tree_size":9', "NO: the path ends"],
  ["the root", '"merkle_root":"e', '"merkle_root":"f', "NO: the record is"],
  ["the header", '"seq":0', '"seq":1', "NO: the batch is"],
  ["the batch's name", NAME, NAME.replace(/.$/, (last) => (last === "0" ? "1" : "0")), "NO: the batch is"],
])("they say what is wrong with %s", (_, from, to, said) => {
  expect(EXAMPLE).toContain(from);
  const { status, output } = verifyByHand(EXAMPLE.replace(from, to));
  expect(status).toBe(1);
  expect(output).toContain(said);
});
