import type { PromisedReceipt } from "../calls/call.ts";

/** The calls among promises that share the gas that is left at the end, by weight. */
export interface GasShares {
  /** Gives the action that `receipt` has last a share. A weight of 0 is no share. */
  readonly add: (receipt: PromisedReceipt, weight: bigint) => void;
  /** Gives `left` to those that have a share. Returns what was given: all of it, or nothing. */
  readonly share: (left: bigint) => bigint;
}

/** Creates shares of nobody. */
export function createGasShares(): GasShares {
  const shares: { receipt: PromisedReceipt; at: number; weight: bigint }[] = [];
  return {
    add: (receipt, weight) => {
      if (weight > 0n) shares.push({ receipt, at: receipt.actions.length - 1, weight });
    },
    share: (left) => {
      const weights = shares.reduce((sum, { weight }) => sum + weight, 0n);
      if (weights === 0n) return 0n;
      const given = shares.map(({ weight }) => (left * weight) / weights);
      // What integer division leaves over goes to the last one.
      const rest = left - given.reduce((sum, gas) => sum + gas, 0n);
      shares.forEach(({ receipt, at }, i) => {
        addGas(receipt, at, (given[i] ?? 0n) + (i === shares.length - 1 ? rest : 0n));
      });
      return left;
    },
  };
}

function addGas(receipt: PromisedReceipt, at: number, gas: bigint): void {
  const action = receipt.actions[at];
  if (action?.kind === "call") receipt.actions[at] = { ...action, gas: action.gas + gas };
}
