import type { Call, Records, Returned } from "../calls/call.ts";
import type { GasCounter } from "../calls/gas-counter.ts";
import { VmFailure } from "../calls/vm-failure.ts";
import type { GasShares } from "./gas-shares.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { PromiseGraph } from "./promise-graph.ts";
import type { Registers } from "./registers.ts";

/** All that the host functions of one call work on. */
export interface Host {
  readonly call: Call;
  readonly gas: GasCounter;
  readonly memory: GuestMemory;
  readonly registers: Registers;
  readonly records: Records;
  readonly promises: PromiseGraph;
  readonly gasShares: GasShares;
  readonly logs: string[];
  /** What the call changes besides records. */
  readonly result: CallResult;
}

/** What a call has come to so far. */
export interface CallResult {
  returned: Returned;
  storageUsage: number;
  balance: bigint;
}

/**
 * A function that contracts import. Numbers of 64 bits come unsigned. The result is taken modulo
 * 2^64.
 */
type HostFunction = (...args: never[]) => bigint | undefined | void;

/** Functions that contracts import, by name. */
export type HostFunctions = Readonly<Record<string, HostFunction>>;

/** The largest u64: as a length it says that the pointer is a register, as a result "no such". */
export const MAX_U64: bigint = 2n ** 64n - 1n;

/** Returns the failure of a host function that was called wrongly. */
export function hostFailure(message: string): VmFailure {
  return new VmFailure({ kind: "host", message });
}

/** Refuses in a view what only a transaction may do. */
export function refuseInView({ isView }: Call, name: string): void {
  if (isView) throw hostFailure(`${name} is not allowed in view calls`);
}
