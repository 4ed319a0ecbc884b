import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { runStep } from "./run-step.ts";

/** Debian asks this program whether a package may start its service. Ours may not: the tests start servers of their own. */
const POLICY = "/usr/sbin/policy-rc.d";

/** Finds a redis-server, or installs one where that can be done unasked. Gives false, having said what to install, where it cannot. */
export function ensureRedis(): boolean {
  if (hasRedis() || (canInstall() && installRedis() && hasRedis())) return true;
  process.stderr.write(
    "The tests need a redis-server (6.2 or later) on the PATH: install the package redis-server, then run them again.\n",
  );
  return false;
}

function hasRedis(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && spawnSync("apt-get", ["--version"]).status === 0;
}

function installRedis(): boolean {
  process.stdout.write("Installing redis-server for the tests …\n");
  const isOurs = !existsSync(POLICY);
  if (isOurs) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    const quiet = ["-qq", "-o=Dpkg::Use-Pty=0"];
    return (
      runStep("apt-get", ["update", ...quiet]) &&
      runStep("apt-get", ["install", "-y", "--no-install-recommends", ...quiet, "redis-server"])
    );
  } finally {
    if (isOurs) rmSync(POLICY);
  }
}
