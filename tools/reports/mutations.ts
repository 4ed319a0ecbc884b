/**
 * Takes checks out of the code that verifies, decodes and reads Redis, and says which test fails.
 */
// `--only=PACKAGE` takes one package. `--minutes=N` (default 30) ends the report after that time.
// The order is a fair sample.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensurePrograms, REDIS } from "../scripts/ensure-programs.ts";
import { copyWorkspace } from "./mutations/copy-workspace.ts";
import { mutantsOf } from "./mutations/mutants-of.ts";
import type { Mutant } from "./mutations/mutants-of.ts";

/** The files of one package whose checks are taken out. */
interface Target {
  readonly package: string;
  readonly files: readonly string[];
  /** Whether comparisons and numbers are moved by one too. */
  readonly bounds: boolean;
  /** The time that the package's tests may take. Tests that take longer have noticed the change. */
  readonly mostMs: number;
}

function sourcesOf(name: string): string[] {
  const files = globSync(`packages/${name}/src/**/*.ts`).toSorted();
  return files.filter((file) => !/\.test\.ts$|\/fixtures\/|\/index\.ts$/.test(file));
}

const TARGETS: readonly Target[] = [
  {
    package: "merkle",
    files: ["arguments", "consistency", "inclusion", "multiproof"].map((name) => `packages/merkle/src/${name}.ts`),
    bounds: false,
    mostMs: 60_000,
  },
  {
    package: "proof",
    files: [
      ...["anchor", "batch", "chain", "equal", "payload", "proof", "record"].map(
        (name) => `packages/proof/src/verify/verify-${name}.ts`,
      ),
      ...["attach-anchor", "disclose-proof"].map((name) => `packages/proof/src/query/${name}.ts`),
      "packages/proof/src/format/payload.ts",
    ],
    bounds: false,
    mostMs: 60_000,
  },
  { package: "debezium", files: sourcesOf("debezium"), bounds: true, mostMs: 60_000 },
  // Its tests talk to Redis and take most of a minute by themselves.
  { package: "source-redis", files: sourcesOf("source-redis"), bounds: false, mostMs: 240_000 },
];

interface Task extends Mutant {
  readonly file: string;
  readonly target: Target;
}

/** Returns the first test of the file's package that fails, undefined when none does. */
async function firstFailure(copy: string, { target }: Task): Promise<string | undefined> {
  const packageFolder = `packages/${target.package}`;
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  const options = ["--bail=1", "--maxWorkers=1", "--exclude=**/*.node.test.ts", `--outputFile.json=${report}`];
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", packageFolder, ...options], {
    cwd: copy,
    stdio: "ignore",
    timeout: target.mostMs,
    killSignal: "SIGKILL",
  });
  const code = await new Promise<number | null>((done) => {
    child.on("close", done);
  });
  if (code === 0) return undefined;
  if (code === null) return "(the tests did not end)";
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

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { only: { type: "string" }, minutes: { type: "string", default: "30" } },
  allowPositionals: true,
});
if ((values.only ?? "source-redis") === "source-redis" && !ensurePrograms(REDIS)) process.exit(1);
const endsAt = Date.now() + Number(values.minutes) * 60_000;
const tasks: Task[] = TARGETS.filter(({ package: name }) => values.only === undefined || values.only === name)
  .flatMap((target) =>
    target.files.flatMap((file) =>
      mutantsOf(file, readFileSync(file, "utf8"), target).map((mutant) => ({ ...mutant, file, target })),
    ),
  )
  .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));

/** An order that has nothing to do with the files' order, and is the same each time. */
function orderOf({ file, line, what }: Task): string {
  return createHash("sha256").update(`${file} ${line} ${what}`).digest("hex");
}

const unnoticed: Task[] = [];
let next = 0;
let tried = 0;

async function work(): Promise<void> {
  const copy = copyWorkspace();
  try {
    for (let task = tasks[next++]; task !== undefined && Date.now() < endsAt; task = tasks[next++]) {
      const original = readFileSync(join(copy, task.file));
      writeFileSync(join(copy, task.file), task.text);
      const failure = await firstFailure(copy, task);
      writeFileSync(join(copy, task.file), original);
      tried += 1;
      if (failure === undefined) unnoticed.push(task);
      console.log(`${task.file}:${task.line}  ${task.what}\n    ${failure ?? "NO TEST FAILS"}`);
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
console.log(`\n${tried} of ${tasks.length} checks taken out, ${tried - unnoticed.length} noticed by a test`);
for (const { file, line, what } of unnoticed.toSorted((a, b) => (a.file < b.file ? -1 : 1)))
  console.log(`no test fails: ${file}:${line}  ${what}`);
process.exitCode = unnoticed.length === 0 ? 0 : 1;
