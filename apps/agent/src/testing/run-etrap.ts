import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { runCommandLine } from "../cli.ts";
import type { ExitCode } from "../exit-code.ts";

/** A folder of the test's own. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** What a command line did. */
export interface Outcome {
  readonly exit: ExitCode;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
}

/** Runs a command line in this process, with a store in `folder`. */
export async function runEtrap(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const lines: string[] = [];
  const errors: string[] = [];
  const exit = await runCommandLine(args, {
    environment: { ETRAP_ORG_ID: "acme", ETRAP_STORE_DIR: join(folder, "record"), ...environment },
    write: (line) => lines.push(line),
    writeError: (line) => errors.push(line),
    isTerminal: true,
    signal: new AbortController().signal,
  });
  return { exit, lines, errors };
}
