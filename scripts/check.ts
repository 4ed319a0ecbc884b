/** `pnpm check`: everything that can be checked. `--skip-tests` leaves out the tests, for who has just run them. */
import { globSync } from "node:fs";
import { ensureRedis } from "./ensure-redis.ts";
import { runStep } from "./run-step.ts";

process.env["TURBO_TELEMETRY_DISABLED"] = "1";
const packages = globSync("packages/*/package.json").map((file) => file.replace("/package.json", ""));

const STEPS: Readonly<Record<string, () => boolean>> = {
  format: () => runStep("oxfmt", ["--check", "."]),
  "lint and arrows": () => runStep("oxlint", ["--type-aware", "--deny-warnings", "."]),
  types: () => runStep("turbo", ["run", "types", "--output-logs=errors-only"]),
  build: () => runStep("turbo", ["run", "build", "--output-logs=errors-only"]),
  knip: () => runStep("knip", []),
  publint: () => packages.every((folder) => runStep("publint", [folder, "--strict"])),
  attw: () => packages.every((folder) => runStep("attw", ["--pack", folder, "--profile", "esm-only", "--quiet"])),
  size: () => runStep("size-limit", []),
  tests: () => process.argv.includes("--skip-tests") || (ensureRedis() && runStep("vitest", ["run"])),
};

for (const [name, step] of Object.entries(STEPS)) {
  const start = performance.now();
  const passed = step();
  console.log(`${passed ? "✔" : "✘"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (!passed) {
    process.exitCode = 1;
    break;
  }
}
