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
 * Escapes a message but for the line breaks between problems. Anything else that a message quotes
 * may come from a stranger.
 */
function printableLines(message: string): string {
  return message.split("\n  ").map(printable).join("\n  ");
}
