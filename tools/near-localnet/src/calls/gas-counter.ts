import type { Failure } from "./vm-failure.ts";
import { VmFailure } from "./vm-failure.ts";

/** The most gas that one call may burn, in a transaction or in a view. */
export const MAX_BURNT_GAS = 1_000_000_000_000_000n;

/** Counts the gas of a call. Throws `VmFailure` where it is used up. */
export interface GasCounter {
  /** Burns gas. */
  readonly burn: (gas: bigint) => void;
  /** Sets gas aside that a promise takes along. */
  readonly keep: (gas: bigint) => void;
  readonly burnt: () => bigint;
  /** Burnt gas and gas set aside. */
  readonly used: () => bigint;
  readonly isExhausted: () => boolean;
}

/** Returns the failure of a call that used up `limit`. */
export function gasExceeded(limit: bigint): Failure {
  const isMost = limit === MAX_BURNT_GAS;
  const message = isMost
    ? "Exceeded the maximum amount of gas allowed to burn per contract."
    : "Exceeded the prepaid gas.";
  return { kind: "host", message };
}

/**
 * Creates a counter over `left`, the counter that the metered code itself draws from. A view has
 * all the gas that may be burnt.
 */
export function createGasCounter(left: WebAssembly.Global<"i64">, limit: bigint): GasCounter {
  let kept = 0n;
  left.value = limit;
  const take = (gas: bigint): void => {
    const before = left.value;
    // Not `before - gas`: a contract chooses `gas`, and the difference could wrap around.
    left.value = before < gas ? -1n : before - gas;
    if (before < gas) throw new VmFailure(gasExceeded(limit));
  };
  const rest = (): bigint => (left.value > 0n ? left.value : 0n);
  return {
    burn: take,
    keep: (gas) => {
      take(gas);
      kept += gas;
    },
    burnt: () => limit - rest() - kept,
    used: () => limit - rest(),
    isExhausted: () => left.value < 0n,
  };
}
