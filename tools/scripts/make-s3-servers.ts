import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { TOOLS } from "./unpack-debian.ts";

const BIN = join(TOOLS, "bin");

/**
 * Builds versitygw into `.tools/bin` with Go, which takes a minute. Returns whether it succeeded.
 */
export function makeVersitygw(): boolean {
  const source = "github.com/versity/versitygw/cmd/versitygw@v1.8.0";
  return run("go", ["install", "-trimpath", "-ldflags=-s -w", source], { GOBIN: BIN });
}

/** Installs moto into `.tools/moto` with pip. Returns whether it succeeded. */
export function makeMoto(): boolean {
  const folder = join(TOOLS, "moto");
  rmSync(folder, { recursive: true, force: true });
  const isMade =
    run("python3", ["-m", "venv", folder]) &&
    run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "moto[server,s3]==5.2.5"]);
  if (!isMade) return false;
  mkdirSync(BIN, { recursive: true });
  rmSync(join(BIN, "moto_server"), { force: true });
  symlinkSync(join(folder, "bin/moto_server"), join(BIN, "moto_server"));
  return true;
}

function run(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): boolean {
  const env = { ...process.env, ...environment };
  return spawnSync(program, args, { env, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}
