import { runCommandLine } from "./cli.ts";
import { EXIT } from "./exit-code.ts";
import { loadEnvironment } from "./settings/load-environment.ts";
import type { LoadedEnvironment } from "./settings/load-environment.ts";
import type { Environment } from "./settings/process-variables.ts";
import { createOutput } from "./output.ts";
import { createProgress } from "./progress.ts";

/** By convention, a process that a signal ended exits with 128 plus the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

const stop = new AbortController();
for (const [signal, exitCode] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    // The first signal asks for a drain. The second ends at once, and loses nothing either:
    // uncommitted entries are delivered again.
    if (stop.signal.aborted) process.exit(exitCode);
    stop.abort();
  });
}

const [output, errorOutput] = [createOutput(process.stdout), createOutput(process.stderr)];
/**
 * The commands by which somebody checks what others give. Files in the folder may have come with
 * it, and must not say which contract and which nodes are to be trusted.
 */
const CHECKS: ReadonlySet<string> = new Set(["verify", "audit"]);

const args = process.argv.slice(2);
const exitCode = await runCommandLine(args, {
  ...load(),
  write: output.write,
  writeError: errorOutput.write,
  isTerminal: process.stdout.isTTY,
  showProgress: createProgress(process.stderr),
  outputClosed: output.closed,
  onReopen: (reopen) => void process.on("SIGHUP", reopen),
  signal: stop.signal,
});
/** The SDK of AWS reads its variables from the process itself, so all of them are set there too. */
function load(): LoadedEnvironment | { readonly environment: Environment; readonly loadError: unknown } {
  try {
    const command = args.find((arg) => !arg.startsWith("-")) ?? "";
    const loaded = loadEnvironment(process.env, CHECKS.has(command) ? undefined : process.cwd());
    for (const variable of loaded.origins.keys()) process.env[variable] = loaded.environment[variable];
    return loaded;
  } catch (loadError) {
    return { environment: process.env, loadError };
  }
}

await output.flush();
const failure = output.failure();
if (failure !== undefined) errorOutput.write(`etrap: the output could not be written (${failure})`);
// An answer that nobody could read is no "yes".
process.exitCode = failure !== undefined && exitCode === EXIT.yes ? EXIT.couldNotCheck : exitCode;
