import { availableParallelism } from "node:os";
import { runStep } from "./run-step.ts";

/** The tests that `pnpm test` leaves to others: to `pnpm test:slow`, `test:s3` and `test:live`. */
const KINDS = ["slow", "s3", "live"] as const;

interface VitestOptions {
  /** The name of the JSON report in `.reports/`. */
  readonly report: string;
  /** The kind of the tests to run. Default: all those that have none. */
  readonly kind?: (typeof KINDS)[number];
  /** A Node to run on in place of the pinned one. */
  readonly node?: string;
}

/**
 * Tests on real servers mostly wait, so two files more than there are processors are run at a time.
 */
const WORKERS = availableParallelism() + 2;

/** Runs vitest with the arguments of this process. Returns whether every test passed. */
export function runVitest({ report, kind, node = process.execPath }: VitestOptions): boolean {
  const others = kind === undefined ? KINDS.map((each) => `**/*.${each}.test.ts`) : [`**/!(*.${kind}).test.ts`];

  return runStep(node, [
    "node_modules/vitest/vitest.mjs",
    "run",
    `--maxWorkers=${WORKERS}`,
    ...others.map((pattern) => `--exclude=${pattern}`),
    `--outputFile.json=.reports/${report}.json`,
    ...process.argv.slice(2),
  ]);
}
