import { INVARIANTS, isGoodEnd, STEP_INVARIANTS } from "./chain-invariants.ts";
import { RULES } from "./chain-rules.ts";
import type { Rules } from "./chain-rules.ts";
import { encodeState, STARTED } from "./chain-state.ts";
import type { ChainState } from "./chain-state.ts";
import type { Model } from "./explore.ts";
import { crash, stepBack, worldSteps } from "./fault-steps.ts";
import { turnOf } from "./turn.ts";
import { writerSteps } from "./writer-steps.ts";

/** What is explored. Everything that may go wrong is counted, so that there are finitely many states. */
export interface ChainOptions {
  readonly writers: 1 | 2;
  /** Entries in the stream. */
  readonly entries: number;
  /** How many entries a batch may have. */
  readonly batchSizes: readonly number[];
  readonly crashes?: number;
  /** How often a source may step back to the committed position: a reconnect. */
  readonly stepBacks?: number;
  /** How often the stream may lose its tail and get other entries at the same positions: a failover. */
  readonly rebuilds?: number;
  /** How often the store may lose a slot behind which another one stands. At most one. */
  readonly losses?: 0 | 1;
  /** What stands in the place of the protocol's own decisions. */
  readonly planted?: Partial<Rules>;
}

/** The chain protocol as a transition system. */
export function createChainModel(options: ChainOptions): Model<ChainState> {
  const rules = { ...RULES, ...options.planted };
  const { batchSizes } = options;
  return {
    initial: initialState(options),
    next(state) {
      const turns = state.writers.map((_, index) => turnOf({ state, rules, batchSizes }, index));
      return [
        ...turns.flatMap((turn) => [...writerSteps(turn), ...stepBack(turn), ...crash(turn)]),
        ...worldSteps(state, rules),
      ];
    },
    encode: encodeState,
    invariants: INVARIANTS,
    stepInvariants: STEP_INVARIANTS,
    isGoodEnd,
  };
}

function initialState({
  writers,
  entries,
  crashes = 0,
  stepBacks = 0,
  rebuilds = 0,
  losses = 0,
}: ChainOptions): ChainState {
  return {
    budget: { crashes, stepBacks, rebuilds, losses },
    stream: Array.from({ length: entries }, (_, index) => index + 1),
    committed: 0,
    slots: [],
    lost: undefined,
    late: undefined,
    writers: Array.from({ length: writers }, () => STARTED),
  };
}
