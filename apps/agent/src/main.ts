import { runCommandLine } from "./cli.ts";
import { EXIT } from "./exit-code.ts";
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
const exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  write: output.write,
  writeError: errorOutput.write,
  isTerminal: process.stdout.isTTY,
  showProgress: createProgress(process.stderr),
  outputClosed: output.closed,
  signal: stop.signal,
});
await output.flush();
const failure = output.failure();
if (failure !== undefined) errorOutput.write(`etrap: the output could not be written (${failure})`);
// An answer that nobody could read is no "yes".
process.exitCode = failure !== undefined && exitCode === EXIT.yes ? EXIT.couldNotCheck : exitCode;
