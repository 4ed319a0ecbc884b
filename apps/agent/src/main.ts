#!/usr/bin/env node
import { runCommandLine } from "./cli.ts";

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

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  write: (line) => process.stdout.write(`${line}\n`),
  writeError: (line) => process.stderr.write(`${line}\n`),
  isTerminal: process.stdout.isTTY,
  signal: stop.signal,
});
