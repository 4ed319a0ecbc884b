import type { Rules } from "./chain-rules.ts";
import { STARTED } from "./chain-state.ts";
import type { ChainState, Writer } from "./chain-state.ts";
import type { Step } from "./explore.ts";

export type ChainStep = Step<ChainState>;

/** What the steps of one writer need: the state, its own part of it, and the decisions. */
export interface Turn {
  readonly state: ChainState;
  readonly writer: Writer;
  readonly rules: Rules;
  readonly batchSizes: readonly number[];
  /** A step of this writer to another state of its own, and perhaps of the rest. */
  step(name: string, writer: Writer, rest?: Partial<ChainState>): ChainStep;
}

/** The turn of the writer at `index`. */
export function turnOf(given: Pick<Turn, "state" | "rules" | "batchSizes">, index: number): Turn {
  const { state } = given;
  const step: Turn["step"] = (name, writer, rest) => ({
    name: `${"AB"[index]} ${name}`,
    to: { ...state, ...rest, writers: state.writers.with(index, writer) },
  });
  return { ...given, writer: state.writers[index] ?? STARTED, step };
}

/** The same step, as one that need not happen. */
export function optional(step: ChainStep): ChainStep {
  return { ...step, optional: true };
}
