import type { Call, CallOutcome, Records } from "../calls/call.ts";
import { failureText } from "../calls/vm-failure.ts";
import { runCall } from "../vm/run-call.ts";
import type { Observation, ScenarioRunner, ScenarioStep } from "./scenario.ts";

/** Options of `createVmRunner`. */
export interface VmRunnerOptions {
  /** The account of the contract: `nft.near` unless said otherwise. */
  readonly contractId?: string;
  /** The bytes that the account takes at the beginning: 1,000 unless said otherwise. */
  readonly storageUsage?: number;
}

/** What a step has where it does not say otherwise. */
const BLOCK = { height: 12, timestamp: 34n, epoch: 5, randomSeed: new Uint8Array(32).fill(6) } as const;
const BALANCE = 10n ** 25n;
/** The gas of a view. */
const VIEW_GAS = 300n * 10n ** 12n;

/**
 * Creates a runner that calls `code` with nothing around it: no chain, no transactions, no
 * promises.
 */
export function createVmRunner(code: Uint8Array, options: VmRunnerOptions = {}): ScenarioRunner {
  const { contractId = "nft.near" } = options;
  let { storageUsage = 1_000 } = options;
  let kept = new Map<string, Uint8Array>();
  return (step) => {
    const written = new Map(kept);
    const outcome = runCall(code, { ...callOf(step, contractId), storageUsage }, recordsOf(written));
    // A failed call leaves nothing behind.
    if (outcome.failure === undefined) [kept, storageUsage] = [written, outcome.storageUsage];
    return Promise.resolve(observationOf(outcome, storageUsage));
  };
}

function callOf(step: ScenarioStep, contractId: string): Omit<Call, "storageUsage"> {
  const { args, by, deposit, method, tgas, view } = step;
  const { balance = BALANCE, height = BLOCK.height, timestamp = BLOCK.timestamp } = step;
  return {
    chainId: "scenario",
    currentAccountId: contractId,
    signerAccountId: by,
    signerPublicKey: Uint8Array.of(0, ...new Uint8Array(32).fill(7)),
    predecessorAccountId: by,
    method,
    input: Buffer.from(JSON.stringify(args)),
    block: { ...BLOCK, height, timestamp: BigInt(timestamp) },
    balance: BigInt(balance),
    deposit: BigInt(deposit),
    prepaidGas: view ? VIEW_GAS : BigInt(tgas) * 10n ** 12n,
    isView: view,
    promiseResults: [],
    dataReceivers: [],
  };
}

function recordsOf(written: Map<string, Uint8Array>): Records {
  return {
    get: (key) => written.get(key),
    set: (key, value) => {
      if (value === undefined) written.delete(key);
      else written.set(key, value);
    },
  };
}

function observationOf({ burntGas, failure, logs, returned }: CallOutcome, storageUsage: number): Observation {
  const value = returned.kind === "value" ? Buffer.from(returned.value).toString() : null;
  const shown = returned.kind === "promise" ? { promise: returned.index } : value;
  return {
    returned: failure === undefined ? shown : null,
    logs: [...logs],
    failure: failure === undefined ? null : failureText(failure),
    storageUsage,
    burntGas: Number(burntGas),
  };
}
