/**
 * `pnpm test:contract`: tests the contract in its own code and in the network's VM, then builds it
 * again and compares the bytes. Needs Debian's packages of Rust, which it installs as root.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const FOLDER = resolve("packages/notary-contract");
const PACKAGES = ["rustc-web", "rust-web-src", "cargo-web", "lld-22", "binaryen"];
const RECORDED = ["rustc-web", "rust-web-src", "lld-22", "binaryen"] as const;
const PROGRAMS = ["/usr/bin/rustc", "/usr/bin/cargo", "/usr/bin/wasm-ld-22", "/usr/bin/wasm-opt"];

process.exitCode = hasTools() && isTested() && isSame() ? 0 : 1;

function hasTools(): boolean {
  if (PROGRAMS.every((program) => existsSync(program))) return true;
  const install = ["install", "--yes", "--no-install-recommends", "ca-certificates", ...PACKAGES];
  if (process.getuid?.() === 0) {
    process.stderr.write(`Installing ${PACKAGES.join(", ")} …\n`);
    const isDone = spawnSync("apt-get", ["update"]).status === 0 && spawnSync("apt-get", install).status === 0;
    if (isDone && PROGRAMS.every((program) => existsSync(program))) return true;
  }
  process.stderr.write(`Install Rust of Debian 12, then run the command again: apt-get ${install.join(" ")}\n`);
  return false;
}

/** Runs the tests of the contract, and counts them for the sum of all. */
function isTested(): boolean {
  // Debian's compiler for both, so that no other Rust on the PATH is mixed in.
  const env = { ...process.env, RUSTC: "/usr/bin/rustc" };
  const { status, stdout } = spawnSync("/usr/bin/cargo", ["test", "--locked", "--tests", "--no-fail-fast"], {
    cwd: FOLDER,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.stdout.write(stdout);
  const sum = (word: string): number =>
    Array.from(stdout.matchAll(new RegExp(`(\\d+) ${word};`, "g")), ([, count]) => Number(count)).reduce(
      (one, other) => one + other,
      0,
    );
  const [passed, failed] = [sum("passed"), sum("failed")];
  mkdirSync(".reports", { recursive: true });
  const report = { numPassedTests: passed, numFailedTests: failed, testResults: [] };
  writeFileSync(".reports/test-contract.json", JSON.stringify(report));
  return status === 0 && passed > 0;
}

/** Builds the module again, and compares it with the published one where the tools are the same. */
function isSame(): boolean {
  const record: Record<string, unknown> = JSON.parse(readFileSync(join(FOLDER, "res/notary.json"), "utf8"));
  const published = sha256(join(FOLDER, "res/notary.wasm"));
  if (published !== record["sha256"]) return refuse("res/notary.wasm is not the module that res/notary.json names");
  const others = RECORDED.filter((name) => versionOf(name) !== record[name]);
  const folder = mkdtempSync(join(tmpdir(), "etrap-notary-"));
  try {
    const built = join(folder, "notary.wasm");
    if (spawnSync(join(FOLDER, "build.sh"), [built], { stdio: ["ignore", "ignore", "inherit"] }).status !== 0)
      return refuse("the contract cannot be built");
    if (sha256(built) === published) {
      process.stdout.write(`The contract was built again, byte for byte: ${published}\n`);
      return true;
    }
    if (others.length === 0)
      return refuse("the contract was built again with other bytes: run build.sh and write-record.sh");
    process.stdout.write(
      `The contract has other bytes, made by other versions of ${others.join(", ")}. Not compared.\n`,
    );
    return true;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function versionOf(name: string): string {
  return spawnSync("dpkg-query", ["-W", "-f", "${Version}", name], { encoding: "utf8" }).stdout;
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function refuse(problem: string): false {
  process.stderr.write(`${problem}\n`);
  return false;
}
