import type { Rules } from "./chain-rules.ts";
import type { Batch, ChainState } from "./chain-state.ts";

/** The store's create: only where nothing stands. A late request for the same slot is refused from then on, so it can be forgotten. */
export function create(state: ChainState, batch: Batch, rules: Rules): ChainState {
  if (!isFree(state, batch.seq)) return rules.createOnTaken(state, batch);
  const slots = [...state.slots];
  while (slots.length < batch.seq) slots.push(null);
  slots[batch.seq] = batch;
  return { ...state, slots, late: state.late?.seq === batch.seq ? undefined : state.late };
}

/** Whether nothing stands in this slot. */
export function isFree({ slots }: ChainState, seq: number): boolean {
  return !slots[seq];
}

/** The id of what stands in this slot. */
export function idIn({ slots }: ChainState, seq: number): number | undefined {
  return slots[seq]?.id;
}

/** What a trace calls this batch. */
export function nameOf({ seq, entries }: Batch): string {
  return `batch ${seq} of [${entries.join(", ")}]`;
}
