/** Plants bugs in the batcher, and reports the seed that finds each. `--seeds N` (2,000). */
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyWorkspace } from "./mutations/copy-workspace.ts";
import { BUGS } from "./planted-bugs/bugs.ts";
import type { Bug } from "./planted-bugs/bugs.ts";
import { plant } from "./planted-bugs/plant.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { seeds: { type: "string", default: "2000" } },
  allowPositionals: true,
});

/** Runs the simulation in the copy. Returns what it finds, as a line, or undefined. */
async function firstFailure(copy: string): Promise<string | undefined> {
  const child = spawn(
    process.execPath,
    ["--conditions=@etrap/source", "tools/reports/planted-bugs/first-failure.ts", values.seeds],
    { cwd: copy, stdio: ["ignore", "pipe", "pipe"] },
  );
  let [found, errors] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (found += data.toString()));
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const code = await new Promise<number | null>((done) => {
    child.on("close", done);
  });
  // A simulation that ends with an error was not finished, so it proves nothing.
  if (code !== 0) throw new Error(`the simulation ended with ${code}: ${errors.slice(0, 2_000)}`);
  if (found === "") return undefined;
  const { seed, violations }: { seed: number; violations: string[] } = JSON.parse(found);
  return `seed ${seed}: ${violations[0]}`;
}

const bugs = [...BUGS];
const missed: Bug[] = [];

async function plantBugs(): Promise<void> {
  const copy = copyWorkspace();
  try {
    for (let bug = bugs.shift(); bug !== undefined; bug = bugs.shift()) {
      const text = readFileSync(bug.file, "utf8");
      writeFileSync(join(copy, bug.file), plant(bug, text));
      const failure = await firstFailure(copy);
      writeFileSync(join(copy, bug.file), text);
      if (failure === undefined) missed.push(bug);
      console.log(`${bug.what}\n    ${failure ?? `NOT FOUND in ${values.seeds} seeds`}`);
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, plantBugs));
console.log(`\n${BUGS.length} bugs planted, ${BUGS.length - missed.length} found`);
process.exitCode = missed.length === 0 ? 0 : 1;
