import { everIn, heldBy, isInRecord, NONE, positionIn, REFUSED } from "./chain-state.ts";
import type { ChainState, Entry, Writer } from "./chain-state.ts";

const recorded = ({ slots, lost }: ChainState): Entry[] =>
  [...slots, lost].flatMap((slot) => (slot ? slot.entries : []));

/** What must hold in every state. Numbers are those of ARCHITECTURE.md. The line comes first: the others read it. */
export const INVARIANTS: Readonly<Record<string, (state: ChainState) => boolean>> = {
  "I2 the slots are one line": (state) =>
    state.slots.every((_, seq) => {
      const slot = everIn(state, seq);
      return slot?.seq === seq && slot.previous === (everIn(state, seq - 1)?.id ?? NONE);
    }),

  "I1 what is committed is in the record": (state) =>
    state.stream.slice(0, state.committed).every((entry) => isInRecord(state, entry)),

  "I1 nothing is in the record twice"(state) {
    const entries = recorded(state);
    return new Set(entries).size === entries.length;
  },

  "a slot's data is stored before it": ({ slots }) => slots.every((slot) => slot === null || slot.isStored),

  "I6 positions increase within an epoch": (state) =>
    state.slots.every((_, seq) => {
      const [before, slot] = [everIn(state, seq - 1), everIn(state, seq)];
      if (before === undefined || slot === undefined) return true;
      const [last = 0, first = 0] = [before.entries.at(-1), slot.entries[0]].map(
        (e) => e && positionIn(state.stream, e),
      );
      return slot.epoch > before.epoch || (slot.epoch === before.epoch && first > last);
    }),

  "I7 what is dropped is in the record": (state) =>
    state.writers.every((writer) => {
      if (writer.cursor === NONE || writer.isBehind || writer.known === REFUSED) return true;
      const held = heldBy(writer);
      const read = state.stream.slice(0, writer.cursor);
      return read.every((entry) => held.includes(entry) || isInRecord(state, entry));
    }),
};

/** What must hold of every step. */
export const STEP_INVARIANTS: Readonly<Record<string, (from: ChainState, to: ChainState) => boolean>> = {
  "I4 what is created never changes": (from, to) =>
    from.slots === to.slots ||
    from.slots.every((slot, seq) => slot === null || !to.slots[seq] || slot.id === to.slots[seq].id),
};

/** Everything is recorded and committed, and nobody holds anything. Where the record is damaged, it is as good to refuse. */
export function isGoodEnd(state: ChainState): boolean {
  const { stream, committed, slots, writers } = state;
  const working = writers.filter(({ known }) => known !== REFUSED);
  const areIdle = working.every((writer) => writer.cursor === stream.length && isIdle(writer));
  const isComplete = committed === stream.length && stream.every((entry) => isInRecord(state, entry));
  return (
    areIdle &&
    (slots.includes(null)
      ? isComplete || working.length < writers.length
      : isComplete && working.length === writers.length)
  );
}

const isIdle = (writer: Writer): boolean => heldBy(writer).length === 0 && writer.toCommit.length === 0;
