import type { Failure } from "../calls/vm-failure.ts";
import { VmFailure } from "../calls/vm-failure.ts";
import { trapOf } from "./wasm-trap.ts";

/** What came of something that a contract may make fail. */
export type Attempt<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "failed"; readonly failure: Failure };

/**
 * Runs `run`, and catches what a contract may cause. Errors of the localnet itself pass through.
 */
export function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { kind: "done", value: run() };
  } catch (error) {
    const failure = error instanceof VmFailure ? error.failure : trapOf(error);
    if (failure === undefined) throw error;
    return { kind: "failed", failure };
  }
}
