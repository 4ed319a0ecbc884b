import type { Rules } from "./chain-rules.ts";
import { NONE, STARTED } from "./chain-state.ts";
import type { ChainState } from "./chain-state.ts";
import { create, isFree, nameOf } from "./chain-store.ts";
import { optional } from "./turn.ts";
import type { ChainStep, Turn } from "./turn.ts";

/** A reconnect. The writer sees it later. */
export function stepBack({ state, writer, step }: Turn): ChainStep[] {
  const { budget } = state;
  if (budget.stepBacks === 0 || writer.isBehind || writer.cursor === NONE) return [];
  const spent = { budget: { ...budget, stepBacks: budget.stepBacks - 1 } };
  return [optional(step("has a source that steps back", { ...writer, isBehind: true }, spent))];
}

/** The writer forgets everything and starts again. What it asked of the store may still arrive. */
export function crash({ state, writer, step }: Turn): ChainStep[] {
  const { budget } = state;
  if (budget.crashes === 0) return [];
  const travelling = writer.lane[writer.taking];
  const late = travelling && isFree(state, travelling.seq) ? travelling : state.late;
  return [optional(step("crashes", STARTED, { late, budget: { ...budget, crashes: budget.crashes - 1 } }))];
}

/** What happens without a writer. */
export function worldSteps(state: ChainState, rules: Rules): ChainStep[] {
  return [...arriveLate(state, rules), ...rebuildStream(state), ...loseSlot(state)];
}

function arriveLate(state: ChainState, rules: Rules): ChainStep[] {
  const { late } = state;
  if (late === undefined) return [];
  const to = { ...create(state, late, rules), late: undefined };
  return [optional({ name: `the late request for slot ${late.seq} for ${nameOf(late)} arrives`, to })];
}

/** A failover: the stream goes on after some position with other entries, and its committed position is not past that. */
function rebuildStream(state: ChainState): ChainStep[] {
  const { budget, stream, committed, writers } = state;
  if (budget.rebuilds === 0) return [];
  return stream.map((_, kept) => {
    const to = {
      ...state,
      budget: { ...budget, rebuilds: budget.rebuilds - 1 },
      stream: stream.map((entry, index) => (index < kept ? entry : stream.length + index + 1)),
      committed: Math.min(committed, kept),
      writers: writers.map((writer) => (writer.cursor === NONE ? writer : { ...writer, isBehind: true })),
    };
    return optional({ name: `the stream is rebuilt with other entries after ${kept}`, to });
  });
}

/** Never the newest: that it is gone cannot be seen from the slots alone. */
function loseSlot(state: ChainState): ChainStep[] {
  const { budget, slots } = state;
  if (budget.losses === 0) return [];
  return slots.slice(0, -1).flatMap((lost, seq) => {
    if (lost === null) return [];
    const to = { ...state, budget: { ...budget, losses: budget.losses - 1 }, slots: slots.with(seq, null), lost };
    return [optional({ name: `the store loses slot ${seq}`, to })];
  });
}
