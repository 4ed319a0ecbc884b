#!/usr/bin/env node
import { runCommandLine } from "./cli.ts";

/** By convention, a process that a signal ended exits with 128 and the signal's number. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

const stop = new AbortController();
for (const [signal, exitCode] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    // The first asks for a drain. A second one ends at once, and loses nothing either: what is not committed comes again.
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
