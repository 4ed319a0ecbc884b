import type { Call, CallOutcome, Records } from "../calls/call.ts";
import { createGasCounter, gasExceeded, MAX_BURNT_GAS } from "../calls/gas-counter.ts";
import type { Failure } from "../calls/vm-failure.ts";
import { VmFailure } from "../calls/vm-failure.ts";
import { altBn128Functions } from "../host/alt-bn128.ts";
import { bls12381Functions } from "../host/bls12381.ts";
import { contextFunctions } from "../host/context-functions.ts";
import { COST } from "../host/costs.ts";
import { cryptoFunctions } from "../host/crypto-functions.ts";
import { createGasShares } from "../host/gas-shares.ts";
import { createGuestMemory } from "../host/guest-memory.ts";
import type { CallResult, Host, HostFunctions } from "../host/host.ts";
import { promiseActionFunctions } from "../host/promise-actions.ts";
import { promiseFunctions } from "../host/promise-functions.ts";
import { createPromiseGraph } from "../host/promise-graph.ts";
import { registerFunctions } from "../host/register-functions.ts";
import { createRegisters } from "../host/registers.ts";
import { resultFunctions } from "../host/result-functions.ts";
import { storageFunctions } from "../host/storage-functions.ts";
import { attempt } from "./attempt.ts";
import type { ContractInstance } from "./instantiate.ts";
import { instantiate } from "./instantiate.ts";

/**
 * Runs a method of a contract to its end. The gas bounds it: every instruction and every host
 * function costs some. Writes to `records`, also where the call then fails.
 */
export function runCall(code: Uint8Array, call: Call, records: Records): CallOutcome {
  const loading = COST.contractLoading + COST.contractLoadingByte * BigInt(code.length);
  const opened = attempt(() => open(code, call.method));
  if (opened.kind === "failed") return refused(call, opened.failure);
  const { instance, run } = opened.value;
  const host = createHost(instance, call, records);
  instance.serve(hostFunctions(host));
  const ran = attempt(() => {
    host.gas.burn(loading);
    run();
    if (!call.isView) shareGasLeft(host);
  });
  return outcomeOf(host, ran.kind === "failed" ? ran.failure : undefined);
}

interface Opened {
  readonly instance: ContractInstance;
  readonly run: () => void;
}

function open(code: Uint8Array, method: string): Opened {
  if (method === "") throw new VmFailure({ kind: "method", error: "MethodEmptyName" });
  const instance = instantiate(code);
  return { instance, run: instance.methodOf(method) };
}

const limitOf = ({ prepaidGas }: Call): bigint => (prepaidGas > MAX_BURNT_GAS ? MAX_BURNT_GAS : prepaidGas);

function createHost({ gasLeft, memory }: ContractInstance, call: Call, records: Records): Host {
  const gas = createGasCounter(gasLeft, limitOf(call));
  const registers = createRegisters(gas);
  return {
    call,
    records,
    gas,
    registers,
    memory: createGuestMemory(memory, gas, registers),
    promises: createPromiseGraph(),
    gasShares: createGasShares(),
    logs: [],
    result: resultBefore(call),
  };
}

const resultBefore = ({ storageUsage, balance, deposit }: Call): CallResult => ({
  returned: { kind: "none" },
  storageUsage,
  balance: balance + deposit,
});

function outcomeOf({ call, gas, logs, promises, result }: Host, reported: Failure | undefined): CallOutcome {
  const failure = reported?.kind === "trap" && gas.isExhausted() ? gasExceeded(limitOf(call)) : reported;
  return {
    ...result,
    failure,
    logs,
    burntGas: gas.burnt(),
    usedGas: failure === undefined ? gas.used() : gas.burnt(),
    promises: promises.receipts,
  };
}

/** A contract that cannot be loaded, or has no such method, burns nothing. */
function refused(call: Call, failure: Failure): CallOutcome {
  return { ...resultBefore(call), failure, logs: [], burntGas: 0n, usedGas: 0n, promises: [] };
}

function hostFunctions(host: Host): HostFunctions {
  return {
    ...registerFunctions(host),
    ...contextFunctions(host),
    ...storageFunctions(host),
    ...resultFunctions(host),
    ...cryptoFunctions(host),
    ...altBn128Functions(host),
    ...bls12381Functions(host),
    ...promiseFunctions(host),
    ...promiseActionFunctions(host),
  };
}

/** A call of a contract that is made with a weight gets its share of what gas is left. */
function shareGasLeft({ call, gas, gasShares }: Host): void {
  gas.keep(gasShares.share(call.prepaidGas - gas.used()));
}
