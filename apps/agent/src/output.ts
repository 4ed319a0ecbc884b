import type { Writable } from "node:stream";
import { codeOf } from "@etrap/ledger";

/** A standard stream of the process, written line by line. */
export interface Output {
  /** Writes a line. Writes nothing once the stream has failed. Never throws. */
  readonly write: (line: string) => void;
  /** Aborted once nothing more can be written, for example because the reader went away. */
  readonly closed: AbortSignal;
  /** Resolves once the lines so far are written or the stream has failed. */
  flush(): Promise<void>;
  /** The code of the stream's error. Undefined where the reader only went away (EPIPE). */
  failure(): string | undefined;
}

/**
 * Creates an output. A stream that fails must not end the process: an agent goes on recording when
 * the reader of its log goes away.
 */
export function createOutput(stream: Writable): Output {
  const closed = new AbortController();
  let failure: string | undefined;
  stream.on("error", (error: unknown) => {
    const code = codeOf(error) ?? "UNKNOWN";
    if (!closed.signal.aborted && code !== "EPIPE") failure = code;
    closed.abort();
  });
  return {
    write(line) {
      if (!closed.signal.aborted) stream.write(`${line}\n`);
    },
    closed: closed.signal,
    flush: () => new Promise((resolve) => stream.write("", () => resolve())),
    failure: () => failure,
  };
}
