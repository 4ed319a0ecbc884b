/** Attacks the contract, and prints the message with which it refuses each attack. */
// The steps are those of its scenarios. They run in V8 here, and in the network's VM in its tests.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createVmRunner, parseScenario } from "@etrap/near-localnet";

const CONTRACT = resolve(import.meta.dirname, "../../packages/notary-contract");
const text = readFileSync(resolve(CONTRACT, "scenarios/refusals.json"), "utf8");
const titles: readonly { readonly title?: string }[] = JSON.parse(text);
const run = createVmRunner(readFileSync(resolve(CONTRACT, "res/notary.wasm")), { contractId: "notary.acme.near" });

let [attacks, successes] = [0, 0];
for (const [index, step] of parseScenario(text).entries()) {
  const { failure } = await run(step);
  const title = titles[index]?.title;
  if (title === undefined) continue;
  attacks += 1;
  if (failure === null) successes += 1;
  const message = failure === null ? "SUCCEEDED" : failure.replace(/^Smart contract panicked: /, "");
  console.log(`${`${step.by}: ${step.method}: ${title}`.slice(0, 100).padEnd(102)}${message.slice(0, 140)}`);
}
console.log(`\n${attacks} attacks, ${successes} succeeded`);
process.exitCode = successes === 0 && attacks > 0 ? 0 : 1;
