import { spawnSync } from "node:child_process";

/** Runs a program of `node_modules/.bin` or of the PATH, its output passed through. Gives whether it succeeded. */
export function runStep(program: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error) process.stderr.write(`${program} could not be run: ${error.message}\n`);
  return status === 0;
}
