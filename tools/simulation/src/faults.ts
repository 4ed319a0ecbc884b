import type { Random } from "./random.ts";

/** A failure of one call: its effect, and the outcome for its caller. */
export interface Fault {
  /** Whether the call has its effect. */
  readonly applied: boolean;
  /** `crash`: the process ends there. `error`: the call fails. `hang`: the call never returns. */
  readonly outcome: "crash" | "error" | "hang";
}

/** Decides which calls fail. */
export interface FaultPlan {
  /**
   * Returns the fault of a call, by its number among all calls. Undefined where the call succeeds.
   */
  faultOf(call: number): Fault | undefined;
}

/** Returns a plan with one fault, at one call. */
export function faultAt(call: number, fault: Fault): FaultPlan {
  return { faultOf: (number) => (number === call ? fault : undefined) };
}

/** Returns a plan in which each call has a fault with this probability. */
export function randomFaults(random: Random, probability: number): FaultPlan {
  return {
    faultOf() {
      if (!random.chance(probability)) return undefined;
      const outcome = random.pick<Fault["outcome"]>(["crash", "error", "error", "error", "hang"]);
      return { applied: random.chance(0.5), outcome };
    },
  };
}
