import { closeSync, openSync, writeSync } from "node:fs";
import { codeOf } from "@etrap/ledger";
import { AgentError } from "../agent-error.ts";

/** A log file, to which lines are added. */
export interface LogFile {
  /**
   * Adds a line. A line that cannot be written is counted, and told of once writing works again.
   */
  write(line: string): void;
  /** Opens the path anew, after the file there was moved away. */
  reopen(): void;
  close(): void;
}

/**
 * Opens a log file. A full disk must not stop the recording, and must not go unsaid either. Throws
 * BAD_SETTINGS for a file that cannot be opened.
 */
export function openLogFile(path: string, now: () => Date): LogFile {
  let file = open(path);
  let lost = 0;
  let code = "UNKNOWN";
  const append = (line: string): boolean => {
    try {
      writeSync(file, `${line}\n`);
      return true;
    } catch (error) {
      code = codeOf(error) ?? "UNKNOWN";
      return false;
    }
  };
  return {
    write(line) {
      if (lost > 0) {
        const report = { time: now().toISOString(), level: "warn", event: "log-lines-lost", count: lost, code };
        // The line break ends what a full disk may have cut off.
        if (append(`\n${JSON.stringify(report)}`)) lost = 0;
      }
      if (lost > 0 || !append(line)) lost += 1;
    },
    reopen() {
      try {
        const next = open(path);
        closeSync(file);
        file = next;
      } catch {
        // The file that was moved away is still better than none.
      }
    },
    close: () => closeSync(file),
  };
}

function open(path: string): number {
  try {
    return openSync(path, "a", 0o640);
  } catch (error) {
    throw new AgentError("BAD_SETTINGS", `invalid settings:\n  ETRAP_LOG_FILE: cannot be opened (${codeOf(error)})`);
  }
}
