/**
 * `pnpm test:browser`: the tests of the packages that run in a page, in a page. Arguments go to
 * vitest.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, ensurePrograms } from "./ensure-programs.ts";
import { runStep } from "./run-step.ts";

const args = ["run", "--config=vitest.browser.config.ts", ...process.argv.slice(2)];
process.exitCode = ensurePrograms(chromium(process.env["CHROMIUM_PATH"])) && runInPage() ? 0 : 1;

function runInPage(): boolean {
  // Playwright starts a browser by its path alone.
  const folders = process.env["PATH"]?.split(delimiter) ?? [];
  process.env["CHROMIUM_PATH"] ??= folders.map((folder) => join(folder, "chromium")).find(existsSync);
  return runStep("vitest", args);
}
