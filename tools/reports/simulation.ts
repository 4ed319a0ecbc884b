/** Simulates faults at every call, then random ones. Options: `--seeds N` (10,000), `--first N`. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { faultAt, QUIET, simulate } from "@etrap/simulation";
import type { Fault } from "@etrap/simulation";

const CHUNK = 50;

if (isMainThread) await main();
else await runSeeds(workerData);

/** A range of seeds, for a worker. */
interface Range {
  readonly first: number;
  readonly end: number;
}

/** The result of a worker. */
interface Answer {
  readonly calls: number;
  readonly events: ReadonlyMap<string, number>;
  readonly failures: readonly { readonly seed: number; readonly violations: readonly string[] }[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: { seeds: { type: "string", default: "10000" }, first: { type: "string", default: "0" } },
    allowPositionals: true,
  });
  const failed = (await reportSingleFaults()) + (await reportSeeds(Number(values.first), Number(values.seeds)));
  process.exitCode = failed === 0 ? 0 : 1;
}

/**
 * Reports one fault at each call: crash, error, hang and rush, with and without the effect of the
 * call. Returns the number of failures.
 */
async function reportSingleFaults(): Promise<number> {
  const { trace } = await simulate({ ...QUIET, faults: { faultOf: () => undefined } });
  const kinds = Map.groupBy(trace, (line) => line.split(" ")[3]);
  console.log(
    `one fault at each of ${trace.length} calls: ${Array.from(kinds, ([kind, all]) => `${all.length} ${kind}`).join(", ")}`,
  );
  let failed = 0;
  for (const outcome of ["crash", "error", "hang", "rush"] as const) {
    for (const applied of [true, false]) {
      const broken = await failuresOfFault(trace.length, { outcome, applied });
      failed += broken.length;
      console.log(
        `  ${outcome.padEnd(5)} ${applied ? "after" : "before"} the effect: ${broken.length} of ${trace.length} break an invariant`,
      );
      for (const line of broken) console.log(`    ${line}`);
    }
  }
  return failed;
}

async function failuresOfFault(calls: number, fault: Fault): Promise<string[]> {
  const broken: string[] = [];
  for (let call = 1; call <= calls; call += 1) {
    const { violations } = await simulate({ ...QUIET, faults: faultAt(call, fault) });
    if (violations.length > 0) broken.push(`call ${call}: ${violations[0]}`);
  }
  return broken;
}

async function reportSeeds(first: number, count: number): Promise<number> {
  const ranges = Array.from({ length: Math.ceil(count / CHUNK) }, (_, index): Range => {
    return { first: first + index * CHUNK, end: Math.min(first + count, first + (index + 1) * CHUNK) };
  });
  const answers: Answer[] = [];
  const work = async (): Promise<void> => {
    for (let range = ranges.shift(); range !== undefined; range = ranges.shift()) answers.push(await askWorker(range));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));

  const failures = answers.flatMap((answer) => answer.failures).toSorted((a, b) => a.seed - b.seed);
  const calls = answers.reduce((sum, answer) => sum + answer.calls, 0);
  console.log(
    `\n${count} seeds from ${first}, ${calls} calls to source, store and anchor; what the batchers reported:`,
  );
  const events = Map.groupBy(
    answers.flatMap((answer) => [...answer.events]),
    ([type]) => type,
  );
  for (const [type, counts] of [...events].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`  ${String(counts.reduce((sum, [, each]) => sum + each, 0)).padStart(9)} ${type}`);
  console.log(`seeds that break an invariant: ${failures.length}`);
  for (const { seed, violations } of failures) console.log(`  seed ${seed}: ${violations.join("; ")}`);
  return failures.length;
}

function askWorker(range: Range): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: range, execArgv: process.execArgv });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function runSeeds({ first, end }: Range): Promise<void> {
  const events = new Map<string, number>();
  const failures: Answer["failures"][number][] = [];
  let calls = 0;
  for (let seed = first; seed < end; seed += 1) {
    const simulation = await simulate({ seed });
    calls += simulation.trace.length;
    for (const [type, count] of simulation.events) events.set(type, (events.get(type) ?? 0) + count);
    if (simulation.violations.length > 0) failures.push({ seed, violations: simulation.violations });
  }
  parentPort?.postMessage({ calls, events, failures } satisfies Answer);
}
