import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Copies the whole workspace to a temporary folder, so that tests run as they do here. Installed
 * packages are linked.
 */
export function copyWorkspace(): string {
  const copy = mkdtempSync(join(tmpdir(), "etrap-mutations-"));
  const excluded = new Set(["node_modules", ".git", ".reports", ".tools"].map((name) => resolve(name)));
  cpSync(".", copy, { recursive: true, verbatimSymlinks: true, filter: (source) => !excluded.has(resolve(source)) });
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
  return copy;
}
