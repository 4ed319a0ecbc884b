import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/** Debian asks this program whether a package may start its service. Ours may not: the tests start servers of their own. */
const POLICY = "/usr/sbin/policy-rc.d";
// It speaks of redis alone: one that is left behind, because we were killed, costs no other service its start.
const REFUSE_REDIS = '#!/bin/sh\ncase " $* " in *" redis"*) exit 101 ;; esac\nexit 0\n';

/** The Chromium that the tests run in: Debian's, or the one that CHROMIUM_PATH names. */
export const CHROMIUM: string = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Finds a redis-server, or installs one where that can be done unasked. Gives false, having said what to install, where it cannot. */
export function ensureRedis(): boolean {
  return ensureProgram("redis-server", "redis-server", "a redis-server (6.2 or later) on the PATH");
}

/** The same for a Python 3, in which proof files are verified a second time. */
export function ensurePython(): boolean {
  return ensureProgram("python3", "python3", "a python3 (3.8 or later) on the PATH");
}

/** The same for {@link CHROMIUM}. */
export function ensureChromium(): boolean {
  return ensureProgram(CHROMIUM, "chromium", `a Chromium at ${CHROMIUM} (CHROMIUM_PATH may name another place)`);
}

function ensureProgram(program: string, debianPackage: string, needed: string): boolean {
  if (isThere(program) || (canInstall() && install(debianPackage) && isThere(program))) return true;
  process.stderr.write(`The tests need ${needed}: install the package ${debianPackage}, then run them again.\n`);
  return false;
}

function isThere(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
}

function install(debianPackage: string): boolean {
  process.stdout.write(`Installing ${debianPackage} for the tests …\n`);
  const isOurs = !existsSync(POLICY);
  if (isOurs) writeFileSync(POLICY, REFUSE_REDIS, { mode: 0o755 });
  try {
    return aptGet("update") && aptGet("install", "-y", "--no-install-recommends", debianPackage);
  } finally {
    if (isOurs) rmSync(POLICY);
  }
}

/** Asks nothing, and says something only where it failed. */
function aptGet(...args: readonly string[]): boolean {
  const { status, stdout, stderr } = spawnSync("apt-get", ["-qq", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  if (status !== 0) process.stderr.write(stdout + stderr);
  return status === 0;
}
