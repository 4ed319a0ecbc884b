import { availableParallelism } from "node:os";
import { runStep } from "./run-step.ts";

/** Tests that `pnpm test` leaves to `pnpm test:slow`. */
const SLOW = "**/*.slow.test.ts";
const NOT_SLOW = "**/!(*.slow).test.ts";

interface VitestOptions {
  /** The name of the JSON report in `.reports/`. */
  readonly report: string;
  readonly slow?: boolean;
  /** A Node to run on in place of the pinned one. */
  readonly node?: string;
}

/**
 * Tests on real servers mostly wait, so two files more than there are processors are run at a time.
 */
const WORKERS = availableParallelism() + 2;

/** Runs vitest with the arguments of this process. Returns whether every test passed. */
export function runVitest({ report, slow = false, node = process.execPath }: VitestOptions): boolean {
  return runStep(node, [
    "node_modules/vitest/vitest.mjs",
    "run",
    `--maxWorkers=${WORKERS}`,
    `--exclude=${slow ? NOT_SLOW : SLOW}`,
    `--outputFile.json=.reports/${report}.json`,
    ...process.argv.slice(2),
  ]);
}
