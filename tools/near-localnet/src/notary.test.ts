import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { runScenario } from "./scenario/scenario.ts";
import { parseScenario } from "./scenario/scenario.ts";
import { createVmRunner } from "./scenario/vm-runner.ts";

const CONTRACT = resolve(import.meta.dirname, "../../../packages/notary-contract");
const code = readFileSync(resolve(CONTRACT, "res/notary.wasm"));

test.each(["life", "refusals", "roles", "restarts"])(
  "the notary does in %s what it does in the network's own VM",
  async (name) => {
    const steps = parseScenario(readFileSync(resolve(CONTRACT, `scenarios/${name}.json`), "utf8"));
    expect(steps.length).toBeGreaterThan(25);
    expect(await runScenario(steps, createVmRunner(code, { contractId: "notary.acme.near" }))).toEqual([]);
  },
);
