import { spawnSync } from "node:child_process";
import { chmodSync, globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The folder of programs that were unpacked for the tests. `.tools/bin` goes on the PATH. */
export const TOOLS: string = resolve(import.meta.dirname, "../../.tools");

/** A Debian package with programs: globs of their places in the unpacked files. */
export interface DebianPrograms {
  readonly debianPackage: string;
  readonly paths: readonly string[];
}

/** Whether this machine can unpack Debian packages. Any user may do so. */
export function canUnpack(): boolean {
  return ["apt-get", "dpkg"].every((program) => spawnSync(program, ["--version"]).status === 0);
}

/**
 * Unpacks a package, with the dependencies that the machine lacks, into `.tools/`, and makes
 * `.tools/bin/{program}`. Nothing is installed and no maintainer script runs, so no service starts.
 * Returns whether it succeeded.
 */
export function unpackDebian({ debianPackage, paths }: DebianPrograms): boolean {
  const apt = join(TOOLS, "apt");
  const root = join(TOOLS, "root");
  for (const folder of ["lists/partial", "archives/partial"]) mkdirSync(join(apt, folder), { recursive: true });
  mkdirSync(root, { recursive: true });
  const download = ["install", "--download-only", "--yes", "--no-install-recommends", debianPackage];
  const isDownloaded = aptGet(apt, ["update"]) && aptGet(apt, download);
  const archives = globSync(join(apt, "archives/*.deb"));
  const isUnpacked = isDownloaded && archives.every((archive) => runQuietly("dpkg", ["-x", archive, root]));
  rmSync(apt, { recursive: true });
  if (isUnpacked) for (const path of paths) globSync(join(root, path)).forEach(writeLauncher);
  return isUnpacked;
}

/** Runs apt-get on lists and archives of our own, which takes no lock of the machine's. */
function aptGet(folder: string, args: readonly string[]): boolean {
  const options = {
    "Dir::State::lists": join(folder, "lists"),
    "Dir::Cache": folder,
    "Dir::Cache::archives": join(folder, "archives"),
    "APT::Sandbox::User": "root",
    "Debug::NoLocking": "1",
  };
  const settings = Object.entries(options).map(([option, value]) => `--option=${option}=${value}`);
  return runQuietly("apt-get", ["-qq", ...settings, ...args]);
}

/** The launcher names the folders of the unpacked libraries. Its `exec` keeps the process id. */
function writeLauncher(program: string): void {
  const libraries = new Set(globSync(join(TOOLS, "root/{lib,usr/lib}/*-linux-*/{,*/}*.so*")).map(dirname));
  const launcher = join(TOOLS, "bin", basename(program));
  mkdirSync(join(TOOLS, "bin"), { recursive: true });
  writeFileSync(launcher, `#!/bin/sh\nexport LD_LIBRARY_PATH='${[...libraries].join(":")}'\nexec '${program}' "$@"\n`);
  chmodSync(launcher, 0o755);
}

/** Prints the program's output only where it failed. */
function runQuietly(program: string, args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
  return status === 0;
}
