import type { Random } from "./random.ts";

/** The ports of a batcher. */
export type Port = "source" | "store" | "anchor";

/** A failure of one call to a port: its effect, and the outcome for its caller. */
export interface Fault {
  /** Whether the call has its effect. */
  readonly applied: boolean;
  /**
   * - `crash`: the process ends there.
   * - `error`: the call fails.
   * - `hang`: the call never settles.
   * - `rush`: the call settles at once, without a turn of the event loop: with its answer where the
   *   effect happens, and otherwise as a port settles that is away.
   */
  readonly outcome: "crash" | "error" | "hang" | "rush";
}

/** Decides which calls fail. */
export interface FaultPlan {
  /** Returns the fault of a call, by its number among all calls. Undefined where it succeeds. */
  faultOf(call: number, port: Port): Fault | undefined;
}

/** Returns a plan of one fault, at one call. */
export function faultAt(call: number, fault: Fault): FaultPlan {
  return { faultOf: (number) => (number === call ? fault : undefined) };
}

/** A run of calls to one port that all settle at once. */
export interface Rush {
  readonly port: Port;
  /** The number of the call from which on calls to the port rush. */
  readonly from: number;
  /** The number of calls that rush. */
  readonly count: number;
  readonly applied: boolean;
}

/**
 * Returns a plan of one rush. A loop that awaits nothing else then never lets the event loop turn.
 */
export function rushOf({ port: rushing, from, count, applied }: Rush): FaultPlan {
  let left = count;
  return {
    faultOf(call, port) {
      if (port !== rushing || call < from || left === 0) return undefined;
      left -= 1;
      return { applied, outcome: "rush" };
    },
  };
}

/** Returns a plan of faults by chance: each call has one with this probability, and some rush. */
export function randomFaults(random: Random, probability: number): FaultPlan {
  const rush = random.chance(0.25) ? rushOf(randomRush(random)) : undefined;
  return {
    faultOf(call, port) {
      const fault = rush?.faultOf(call, port);
      if (fault !== undefined || !random.chance(probability)) return fault;
      const outcome = random.pick<Fault["outcome"]>(["crash", "error", "error", "error", "hang"]);
      return { applied: random.chance(0.5), outcome };
    },
  };
}

function randomRush(random: Random): Rush {
  return {
    port: random.pick<Port>(["source", "source", "store", "anchor"]),
    from: random.below(300),
    count: random.pick([20, 3_000]),
    applied: random.chance(0.3),
  };
}
