/** The code of an error that names no cause: no connection stands at the moment. */
export const NO_CONNECTION = "NO_CONNECTION";

/**
 * Returns the code of an error while talking to Redis: the server's error word (`READONLY`), the
 * code of the system or of TLS (`ECONNREFUSED`), or `NO_CONNECTION`. The rest of a message is left
 * out, since a server may repeat the arguments of a command, and with them a password.
 */
export function errorCodeOf(error: unknown): string {
  const message = messageOf(error);
  if (isReply(error)) return serverWordOf(message);
  if (/timed out|timeout/i.test(message)) return "ETIMEDOUT";
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  // The parser of the client fails on the first byte that is none of Redis's.
  if (/^Protocol error/i.test(message)) return "PROTOCOL";
  return NO_CONNECTION;
}

/** Whether the server itself gave this error, as the reply to a command. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === "ReplyError";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

function serverWordOf(message: string): string {
  // Redis gives no word of its own for these two.
  if (message.includes("DB index is out of range")) return "DB_OUT_OF_RANGE";
  if (/executing the script can't (run|access)/.test(message)) return "NOPERM";
  // Redis 6.2 puts the error of a script into another one: `ERR Error running script (…): -OOM …`.
  const [, inScript] = /@user_script: ?\d+: (?:@user_script: ?\d+: )?-([A-Z]+)\b/.exec(message) ?? [];
  const [, word] = /^-?([A-Z][A-Z0-9]+)\b/.exec(message) ?? [];
  return inScript ?? word ?? "ERR";
}
