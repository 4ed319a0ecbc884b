import { glob, stat } from "node:fs/promises";
import { AgentError } from "../agent-error.ts";

/**
 * Returns the files that arguments name, each once, in order. An argument that names no file and
 * has a wildcard is a glob. Most shells expand globs themselves, but not quoted ones, and not those
 * that would make the command line too long. Throws BAD_ARGUMENT for a glob that matches nothing.
 */
export async function expandFiles(args: readonly string[]): Promise<string[]> {
  const expanded = await Promise.all(args.map(async (arg) => ((await isGlob(arg)) ? matchesOf(arg) : [arg])));
  return Array.from(new Set(expanded.flat()));
}

/** Whether an argument is a glob. The name of a file may hold a wildcard too. */
async function isGlob(arg: string): Promise<boolean> {
  if (!/[*?[{]/.test(arg)) return false;
  return stat(arg).then(
    () => false,
    () => true,
  );
}

async function matchesOf(pattern: string): Promise<string[]> {
  const files = (await Array.fromAsync(glob(pattern))).toSorted();
  if (files.length === 0) throw new AgentError("BAD_ARGUMENT", `${pattern}: expected a glob that matches a file`);
  return files;
}
