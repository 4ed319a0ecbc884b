import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The folder of the repository. */
export const ROOT: string = resolve(import.meta.dirname, "../..");

/** The end of an example. */
export interface ExampleOutcome {
  readonly status: number | null;
  readonly errors: string;
}

/**
 * Runs the first example of a package's README, with further variables. Throws Error for an example
 * that asserts nothing.
 */
export function runExample(readme: string, environment: Readonly<Record<string, string>>): ExampleOutcome {
  const [, example = ""] = /```ts\n([^]*?)```/.exec(readFileSync(join(ROOT, readme), "utf8")) ?? [];
  if (!example.includes("assert")) throw new Error(`${readme}: expected an example that asserts something`);
  // The file stands inside the package, so that its imports resolve as they do for the package's
  // users.
  const file = join(ROOT, dirname(readme), "readme-example.ts");
  const temporary = mkdtempSync(join(tmpdir(), "etrap-example-"));
  writeFileSync(file, example);
  try {
    const { status, stderr } = spawnSync(process.execPath, ["--conditions=@etrap/source", file], {
      encoding: "utf8",
      env: { ...process.env, TMPDIR: temporary, ...environment },
    });
    return { status, errors: stderr };
  } finally {
    rmSync(file);
    rmSync(temporary, { recursive: true });
  }
}
