import { cpSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The whole workspace, so that tests run as they do here, with installed packages by reference. */
export function copyWorkspace(): string {
  const copy = mkdtempSync(join(tmpdir(), "etrap-mutations-"));
  const left = new Set(["node_modules", ".git", ".reports"].map((name) => resolve(name)));
  cpSync(".", copy, { recursive: true, verbatimSymlinks: true, filter: (source) => !left.has(resolve(source)) });
  symlinkSync(resolve("node_modules"), join(copy, "node_modules"));
  return copy;
}
