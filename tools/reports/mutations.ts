/** Takes out the checks of verification one at a time, and reports which test fails for each. */
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { copyWorkspace } from "./mutations/copy-workspace.ts";
import { mutantsOf } from "./mutations/mutants-of.ts";
import type { Mutant } from "./mutations/mutants-of.ts";

const FILES = [
  ...["arguments", "consistency", "inclusion", "multiproof"].map((name) => `packages/merkle/src/${name}.ts`),
  ...["anchor", "batch", "chain", "equal", "payload", "proof", "record"].map(
    (name) => `packages/proof/src/verify/verify-${name}.ts`,
  ),
  ...["format/payload", "query/attach-anchor", "query/disclose-proof"].map((name) => `packages/proof/src/${name}.ts`),
];
const LONGEST_RUN_MS = 60_000;

interface Task extends Mutant {
  readonly file: string;
}

/** Returns the first test of the file's package that fails. Undefined where none does. */
async function firstFailure(copy: string, file: string): Promise<string | undefined> {
  const packageFolder = file.split("/").slice(0, 2).join("/");
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const options = [
    "--bail=1",
    "--maxWorkers=1",
    "--exclude=**/*.node.test.ts",
    "--exclude=**/*.slow.test.ts",
    `--outputFile.json=${report}`,
  ];
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", packageFolder, ...options], {
    cwd: copy,
    stdio: "ignore",
    timeout: LONGEST_RUN_MS,
    killSignal: "SIGKILL",
  });
  const code = await new Promise<number | null>((done) => {
    child.on("close", done);
  });
  if (code === 0) return undefined;
  if (code === null) return "(the tests did not end in time)";
  const { testResults }: Report = JSON.parse(readFileSync(report, "utf8"));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === "failed");
  return failed?.fullName ?? "(a file could not be loaded)";
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const tasks: Task[] = FILES.flatMap((file) =>
  mutantsOf(file, readFileSync(file, "utf8")).map((mutant) => ({ ...mutant, file })),
);
const unnoticed: Task[] = [];
let next = 0;

async function runTasks(): Promise<void> {
  const copy = copyWorkspace();
  try {
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      const original = readFileSync(task.file);
      writeFileSync(join(copy, task.file), task.text);
      const failure = await firstFailure(copy, task.file);
      writeFileSync(join(copy, task.file), original);
      if (failure === undefined) unnoticed.push(task);
      console.log(`${task.file}:${task.line}  ${task.what}\n    ${failure ?? "NO TEST FAILS"}`);
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, runTasks));
console.log(`\n${tasks.length} checks taken out, ${tasks.length - unnoticed.length} noticed by a test`);
for (const { file, line, what } of unnoticed) console.log(`no test fails: ${file}:${line}  ${what}`);
process.exitCode = unnoticed.length === 0 ? 0 : 1;
