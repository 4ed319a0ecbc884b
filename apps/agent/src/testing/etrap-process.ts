import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const MAIN = resolve(import.meta.dirname, "../main.ts");

/** `etrap` in a process of its own. */
export interface EtrapProcess {
  /** Lines written to the standard output so far. */
  readonly lines: readonly string[];
  readonly errors: () => string;
  /** Resolves once a line holds `text`; rejects when the process ends without. */
  untilLine(text: string): Promise<void>;
  /** Sends a signal and resolves with the exit code; null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

/** Starts `etrap` with these arguments and no environment but what is given. */
export function startEtrap(args: readonly string[], environment: Readonly<Record<string, string>>): EtrapProcess {
  const child = spawn(process.execPath, ["--conditions=@etrap/source", MAIN, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let errors = "";
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  const exited = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  return {
    lines,
    errors: () => errors,
    exited,
    async untilLine(text) {
      let ended = false;
      void exited.then(() => {
        ended = true;
      });
      while (!lines.some((line) => line.includes(text))) {
        if (ended) throw new Error(`etrap ended before it wrote ${text}: ${errors}`);
        await new Promise((done) => setTimeout(done, 20));
      }
    },
    async end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
