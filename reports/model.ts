/** Every interleaving of the chain protocol's steps: how many states there are, and the shortest way to break each planted fault. */
import { INVARIANTS, STEP_INVARIANTS } from "../packages/batcher/model/chain-invariants.ts";
import { createChainModel } from "../packages/batcher/model/chain-protocol.ts";
import { CHAIN_SYSTEMS } from "../packages/batcher/model/chain-systems.ts";
import { ENDLESS, explore, STUCK } from "../packages/batcher/model/explore.ts";
import { PLANTED_FAULTS } from "../packages/batcher/model/planted-faults.ts";

const CHECKED = [...Object.keys(INVARIANTS), ...Object.keys(STEP_INVARIANTS), STUCK, ENDLESS];
const WIDTH = Math.max(...CHECKED.map((name) => name.length));

for (const [system, options] of Object.entries(CHAIN_SYSTEMS)) {
  const start = performance.now();
  const { states, transitions, depth, ends, violation } = explore(createChainModel(options));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${system}\n  ${states} states, ${transitions} transitions, depth ${depth}, ${ends} ends, ${seconds} s`);
  for (const name of CHECKED) console.log(`  ${name.padEnd(WIDTH)}  ${verdictOn(name, violation?.broken)}`);
  printTrace(violation?.trace ?? []);
  if (violation !== undefined) process.exitCode = 1;
}

console.log("\nPlanted faults: a writer that");
for (const [fault, { options, breaks }] of Object.entries(PLANTED_FAULTS)) {
  const { states, violation } = explore(createChainModel(options));
  console.log(`\n${fault}`);
  console.log(
    `  breaks "${violation?.broken ?? "nothing"}" in ${violation?.trace.length ?? 0} steps, after ${states} states`,
  );
  printTrace(violation?.trace ?? []);
  if (violation?.broken !== breaks) process.exitCode = 1;
}

/** Exploring stops at the first violation, so nothing is known then of what else holds. */
function verdictOn(name: string, broken: string | undefined): string {
  if (broken === undefined) return "holds";
  return name === broken ? "BROKEN" : "not decided";
}

function printTrace(trace: readonly string[]): void {
  for (const [index, name] of trace.entries()) console.log(`  ${String(index + 1).padStart(4)}  ${name}`);
}
