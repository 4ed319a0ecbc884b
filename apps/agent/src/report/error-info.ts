import { codeOf, messageOf } from "@etrap/ledger";

/** An error as it is reported. */
export interface ErrorInfo {
  /** The error's code, or `UNEXPECTED` where it has none. */
  readonly code: string;
  readonly message: string;
}

/** Converts whatever was thrown. */
export function toErrorInfo(error: unknown): ErrorInfo {
  return { code: codeOf(error) ?? "UNEXPECTED", message: messageOf(error) };
}

/** Adds the command that helps, if there is one. The libraries know no commands. */
export function addAdvice({ code, message }: ErrorInfo): ErrorInfo {
  return { code, message: code === "SLOT_MISSING" ? `${message}; to restore it, run etrap repair` : message };
}
