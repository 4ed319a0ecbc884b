import type { ErrorInfo } from "./error-info.ts";
import { printable, printableJson } from "./printable.ts";

/** The standard error, and the form of its lines. */
export interface ErrorOutput {
  readonly writeError: (line: string) => void;
  readonly json: boolean;
}

/** Writes an error with its code. */
export function writeErrorInfo({ code, message }: ErrorInfo, { writeError, json }: ErrorOutput): void {
  writeError(json ? printableJson({ error: code, message }) : `etrap: ${printableLines(message)} (${code})`);
}

/**
 * Escapes the unprintable characters of a message, which may quote untrusted input. Keeps the line
 * breaks between problems.
 */
function printableLines(message: string): string {
  return message.split("\n  ").map(printable).join("\n  ");
}
