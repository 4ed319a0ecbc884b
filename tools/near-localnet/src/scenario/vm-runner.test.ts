import { expect, test } from "vitest";
import { standardContract, standardScenario } from "../fixtures/contracts.ts";
import { RETURN_REGISTER, wasmOf, watOf } from "../fixtures/run-wat.ts";
import type { ScenarioStep } from "./scenario.ts";
import { runScenario } from "./scenario.ts";
import { createVmRunner } from "./vm-runner.ts";

const NAMES = ["nft", "nft-5.1"] as const;

test.each(NAMES)("%s does what it does in the network's own VM", async (name) => {
  const steps = standardScenario(name);
  expect(steps.length).toBeGreaterThan(25);
  expect(await runScenario(steps, createVmRunner(standardContract(name)))).toEqual([]);
});

test.each<[string, (step: ScenarioStep) => ScenarioStep]>([
  ["result", (step) => ({ ...step, expect: { ...step.expect, returned: "other" } })],
  ["log", (step) => ({ ...step, expect: { ...step.expect, logs: [] } })],
  ["failure", (step) => ({ ...step, expect: { ...step.expect, failure: "other" } })],
  ["number of bytes", (step) => ({ ...step, expect: { ...step.expect, storageUsage: step.expect.storageUsage + 1 } })],
  ["argument", (step) => ({ ...step, args: { ...step.args, token_id: "other" } })],
])("another %s in one step is told", async (_title, change) => {
  const steps = standardScenario("nft");
  const at = steps.findIndex(({ method }) => method === "nft_mint");
  const changed = steps.map((step, i) => (i === at ? change(step) : step));
  const deviations = await runScenario(changed, createVmRunner(standardContract("nft")));
  expect(deviations[0]).toMatchObject({ step: at, method: "nft_mint" });
});

test("a step says its block, its time, its money and who calls", async () => {
  const tell = (name: string): string =>
    `i32.const 8 call $${name} i64.store i64.const 8 i64.const 8 call $value_return`;
  const imports = { block_index: ":i64", block_timestamp: ":i64", account_balance: "i64", current_account_id: "i64" };
  const run = (body: string, more: Partial<ScenarioStep> = {}) =>
    createVmRunner(wasmOf(watOf({ imports, body })), { contractId: "c.near", storageUsage: 7 })({
      method: "run",
      args: {},
      by: "a.near",
      deposit: "0",
      tgas: 100,
      view: false,
      expect: { returned: null, logs: [], failure: null, storageUsage: 7 },
      ...more,
    });
  const numberOf = async (body: string, more: Partial<ScenarioStep>): Promise<number | undefined> => {
    const { returned } = await run(body, more);
    return typeof returned === "string" ? returned.codePointAt(0) : undefined;
  };
  expect(await numberOf(tell("block_index"), { height: 65 })).toBe(65);
  expect(await numberOf(tell("block_timestamp"), { timestamp: "66" })).toBe(66);
  const balance = "i64.const 8 call $account_balance i64.const 8 i64.const 8 call $value_return";
  expect(await numberOf(balance, { balance: "67" })).toBe(67);
  expect(await run(`i64.const 0 call $current_account_id ${RETURN_REGISTER}`)).toMatchObject({
    returned: "c.near",
    storageUsage: 7,
  });
});
