/** `pnpm check`: everything that can be checked. `--skip-tests` leaves out the tests. */
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensurePrograms, OPENSSL, PYTHON, REDIS } from "./ensure-programs.ts";
import { captureStep } from "./run-step.ts";
import type { StepResult } from "./run-step.ts";
import { runVitest } from "./run-vitest.ts";

process.env["TURBO_TELEMETRY_DISABLED"] = "1";

interface Check {
  readonly name: string;
  readonly run: () => Promise<StepResult>;
}

const command = (name: string, program: string, ...args: string[]): Check => {
  return { name, run: () => captureStep(program, args) };
};

// The longest come first, so that the two workers end together.
const SOURCES: readonly Check[] = [
  command("types of packages", "turbo", "run", "types", "--output-logs=errors-only"),
  command("build", "turbo", "run", "build", "--output-logs=errors-only"),
  command("types of tools", "tsc"),
  command("knip", "knip"),
  command("format", "oxfmt", "--check", "."),
];
/** The linter resolves imports to built files, which must not change meanwhile. */
const LINT = command("lint and arrows", "oxlint", "--type-aware", "--deny-warnings", ".");
const archives = mkdtempSync(join(tmpdir(), "etrap-check-"));
const PACKAGES: readonly Check[] = globSync("{packages,apps}/*/package.json")
  .filter(isPublished)
  .map((manifest) => ({ name: `package ${dirname(manifest)}`, run: () => checkPackage(dirname(manifest)) }));

try {
  const isGood = (await runAll(SOURCES)) && (await runAll([LINT, ...PACKAGES, command("size", "size-limit")]));
  if (!isGood || !(process.argv.includes("--skip-tests") || runTests())) process.exitCode = 1;
} finally {
  rmSync(archives, { recursive: true });
}

/**
 * Runs two checks at a time and prints the output of those that fail. Returns whether all passed.
 */
async function runAll(checks: readonly Check[]): Promise<boolean> {
  const waiting = [...checks];
  let passed = true;
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift())
      if (!(await runOne(check))) passed = false;
  };
  await Promise.all([work(), work()]);
  return passed;
}

async function runOne({ name, run }: Check): Promise<boolean> {
  const start = performance.now();
  const { passed, output } = await run();
  console.log(`${passed ? "✔" : "✘"} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  if (!passed) console.log(output);
  return passed;
}

/** Packs a package once and checks the archive, which is what users install. */
async function checkPackage(folder: string): Promise<StepResult> {
  const { name, version } = readManifest(join(folder, "package.json"));
  const archive = join(archives, `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
  const packed = await captureStep("pnpm", ["--dir", folder, "pack", "--pack-destination", archives]);
  if (!packed.passed) return packed;
  const linted = await captureStep("publint", [archive, "--strict"]);
  if (!linted.passed) return linted;
  return captureStep("attw", [archive, "--profile", "esm-only", "--quiet"]);
}

function runTests(): boolean {
  return ensurePrograms(REDIS, PYTHON, OPENSSL) && runVitest({ report: "test" });
}

function isPublished(manifest: string): boolean {
  return readManifest(manifest).private !== true;
}

function readManifest(manifest: string): { name: string; version: string; private?: boolean } {
  return JSON.parse(readFileSync(manifest, "utf8"));
}
