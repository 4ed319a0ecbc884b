import type { Random } from "./random.ts";

/** What becomes of one call to the world outside: of its effect, and of who called. */
export interface Fault {
  /** Whether the effect happens. */
  readonly applied: boolean;
  /** `crash`: the process ends there. `error`: the call fails. `hang`: there is never an answer. */
  readonly outcome: "crash" | "error" | "hang";
}

/** Which calls go wrong. */
export interface FaultPlan {
  /** The fault of a call, by its number among all calls; undefined for most. */
  faultOf(call: number): Fault | undefined;
}

/** One fault, at one call. */
export function faultAt(call: number, fault: Fault): FaultPlan {
  return { faultOf: (number) => (number === call ? fault : undefined) };
}

/** Faults by chance: each call has one with this probability. */
export function randomFaults(random: Random, probability: number): FaultPlan {
  return {
    faultOf() {
      if (!random.chance(probability)) return undefined;
      const outcome = random.pick<Fault["outcome"]>(["crash", "error", "error", "error", "hang"]);
      return { applied: random.chance(0.5), outcome };
    },
  };
}
