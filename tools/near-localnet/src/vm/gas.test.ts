import { expect, test } from "vitest";
import type { CallOutcome } from "../calls/call.ts";
import { standardContract, standardScenario } from "../fixtures/contracts.ts";
import { CALL } from "../fixtures/run-wat.ts";
import type { ScenarioStep } from "../scenario/scenario.ts";
import { runCall } from "./run-call.ts";

/** Gas of a byte that is overwritten, and of one that is removed. The recorder charged neither. */
const EVICTED_GAS = 32_117_307;
const REMOVED_GAS = 11_531_556;

/** Runs the steps of a scenario, and returns their outcomes and the gas that was not recorded. */
function runSteps(code: Uint8Array, steps: readonly ScenarioStep[]): { outcome: CallOutcome; unrecorded: number }[] {
  let kept = new Map<string, Uint8Array>();
  return steps.map(({ args, by, deposit, method, tgas, view }) => {
    const written = new Map(kept);
    let unrecorded = 0;
    const set = (key: string, value: Uint8Array | undefined): void => {
      unrecorded += (written.get(key)?.length ?? 0) * (value === undefined ? REMOVED_GAS : EVICTED_GAS);
      if (value === undefined) written.delete(key);
      else written.set(key, value);
    };
    const who = { currentAccountId: "nft.near", signerAccountId: by, predecessorAccountId: by };
    const money = { balance: 10n ** 25n, deposit: BigInt(deposit), prepaidGas: BigInt(view ? 300 : tgas) * 10n ** 12n };
    const input = Buffer.from(JSON.stringify(args));
    const outcome = runCall(
      code,
      { ...CALL, ...who, ...money, method, input, isView: view },
      { get: (key) => written.get(key), set },
    );
    if (outcome.failure === undefined) kept = written;
    return { outcome, unrecorded };
  });
}

test.each(["nft", "nft-5.1"] as const)(
  "%s burns the gas that it burns in the network's own VM, to the unit",
  (name) => {
    const steps = standardScenario(name);
    const burnt = runSteps(standardContract(name), steps).map(({ outcome }) => Number(outcome.burntGas));
    const expected = runSteps(standardContract(name), steps).map(({ unrecorded }, i) => {
      const { expect: recorded, tgas } = steps[i] ?? expect.fail();
      return Math.min((recorded.burntGas ?? 0) + unrecorded, tgas * 1e12);
    });
    expect(burnt).toEqual(expected);
  },
);
