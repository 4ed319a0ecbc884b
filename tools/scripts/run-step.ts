import { spawn, spawnSync } from "node:child_process";

/** The outcome of a program whose output was kept. */
export interface StepResult {
  readonly passed: boolean;
  readonly output: string;
}

/**
 * Runs a program of `node_modules/.bin` or of the PATH and passes its output through. Returns
 * whether it succeeded.
 */
export function runStep(program: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(program, args, { stdio: "inherit" });
  if (error) process.stderr.write(`${program} could not be run: ${error.message}\n`);
  return status === 0;
}

/** Runs a program as {@link runStep} does, beside others, and keeps its output. */
export function captureStep(program: string, args: readonly string[]): Promise<StepResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (data: Buffer): void => void (output += data.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", ({ message }) => resolve({ passed: false, output: `${program} could not be run: ${message}` }));
    child.once("close", (code) => resolve({ passed: code === 0, output }));
  });
}
