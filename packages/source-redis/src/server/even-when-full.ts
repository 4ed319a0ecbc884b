import type { ServerFacts } from "./server-facts.ts";

/**
 * Returns a script that runs although the server's memory is full, where the server can do that.
 * What the source writes is small, and without it no entry would be read and trimmed.
 */
export function evenWhenFull(script: string, { hasScriptFlags }: ServerFacts): string {
  return hasScriptFlags ? `#!lua flags=allow-oom\n${script}` : script;
}
