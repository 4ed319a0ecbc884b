/** `pnpm check`: everything that can be checked. `--skip-tests` leaves out the tests, for who has just run them. */
import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { ensureRedis } from "./ensure-program.ts";
import { runStep } from "./run-step.ts";

process.env["TURBO_TELEMETRY_DISABLED"] = "1";
const published = globSync("{packages,apps}/*/package.json").filter(isPublished).map(dirname);

const CHECKS: Readonly<Record<string, () => boolean>> = {
  format: () => runStep("oxfmt", ["--check", "."]),
  "lint and arrows": () => runStep("oxlint", ["--type-aware", "--deny-warnings", "."]),
  types: () => runStep("turbo", ["run", "types", "--output-logs=errors-only"]) && runStep("tsc", []),
  build: () => runStep("turbo", ["run", "build", "--output-logs=errors-only"]),
  knip: () => runStep("knip", []),
  publint: () => published.every((folder) => runStep("publint", [folder, "--strict"])),
  attw: () => published.every((folder) => runStep("attw", ["--pack", folder, "--profile", "esm-only", "--quiet"])),
  size: () => runStep("size-limit", []),
};
const TESTS = { tests: (): boolean => ensureRedis() && runStep("vitest", ["run"]) };

const steps = process.argv.includes("--skip-tests") ? CHECKS : { ...CHECKS, ...TESTS };
for (const [name, step] of Object.entries(steps)) {
  const start = performance.now();
  const passed = step();
  console.log(`${passed ? "✔" : "✘"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (!passed) {
    process.exitCode = 1;
    break;
  }
}

function isPublished(manifest: string): boolean {
  return JSON.parse(readFileSync(manifest, "utf8")).private !== true;
}
