import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "etrap-arrows-"));
afterAll(() => rmSync(folder, { recursive: true }));
copyFileSync(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));

/** Plants one import in a package and gives what the linter says of it. */
function lint(packageName: string, code: string, file = "planted.ts"): string {
  const source = join(folder, "packages", packageName, "src");
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, file), `${code}\n`);
  const { stdout } = spawnSync(
    join(ROOT, "node_modules/.bin/oxlint"),
    ["-c", ".oxlintrc.json", `packages/${packageName}`],
    { cwd: folder, encoding: "utf8" },
  );
  rmSync(join(source, file));
  return stdout.includes("no-restricted-imports") ? stdout : "";
}

const run = (name: string): string => `import { x } from "${name}";\nexport const y = x();`;
const types = (name: string): string => `import type { X } from "${name}";\nexport type Y = X;`;

test.each([
  ["merkle", run("@etrap/proof")],
  ["merkle", types("@etrap/proof")],
  ["merkle", run("node:crypto")],
  ["proof", run("@etrap/batcher")],
  ["proof", types("@etrap/batcher")],
  ["proof", run("node:fs")],
  ["proof", run("../../merkle/src/index.ts")],
  ["batcher", run("@etrap/debezium")],
  ["batcher", run("@etrap/storage-fs")],
  ["debezium", run("@etrap/batcher")],
  ["debezium", run("@etrap/proof")],
  ["debezium", 'export const y = (): unknown => import("@etrap/batcher");'],
  ["debezium", 'export * from "@etrap/proof";'],
  ["debezium", run("@etrap/source-redis")],
  ["debezium", run("node:fs")],
  ["source-redis", run("@etrap/batcher")],
  ["source-redis", run("@etrap/proof")],
  ["source-redis", run("@etrap/storage-fs")],
  ["storage-fs", run("@etrap/batcher")],
  ["storage-fs", run("@etrap/debezium")],
  ["storage-fs", run("@etrap/batcher/testing")],
])("%s may not: %s", (packageName, code) => {
  expect(lint(packageName, code)).not.toBe("");
});

test.each([
  ["merkle", run("@noble/hashes/sha2.js")],
  ["proof", run("@etrap/merkle")],
  ["batcher", run("@etrap/proof")],
  ["batcher", run("@etrap/merkle")],
  ["debezium", types("@etrap/batcher")],
  ["debezium", types("@etrap/proof")],
  ["source-redis", run("@etrap/debezium")],
  ["source-redis", types("@etrap/batcher")],
  ["storage-fs", types("@etrap/batcher")],
  ["storage-fs", run("node:fs")],
])("%s may: %s", (packageName, code) => {
  expect(lint(packageName, code)).toBe("");
});

test("a test may use the doubles", () => {
  expect(lint("storage-fs", run("@etrap/batcher/testing"), "planted.test.ts")).toBe("");
});
