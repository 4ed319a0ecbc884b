import type { ChainOptions } from "./chain-protocol.ts";
import { RULES } from "./chain-rules.ts";
import type { Rules } from "./chain-rules.ts";
import { freshId, heldBy, NONE, positionIn, REFUSED } from "./chain-state.ts";
import type { ChainState, Writer } from "./chain-state.ts";
import { ENDLESS, STUCK } from "./explore.ts";
import { recordedBy } from "./writer-steps.ts";

/** A protocol with one mistake in it, a system that is large enough for it to show, and what it breaks. */
export interface PlantedFault {
  readonly options: ChainOptions;
  /** The name of the invariant that is the first to be broken. */
  readonly breaks: string;
}

const RIVALS: ChainOptions = { writers: 2, entries: 2, batchSizes: [1, 2] };
const REBUILT: ChainOptions = { writers: 1, entries: 2, batchSizes: [1], rebuilds: 1 };
const RECONNECTED: ChainOptions = { writers: 1, entries: 2, batchSizes: [1], stepBacks: 1 };
const HOLED: ChainOptions = { writers: 1, entries: 3, batchSizes: [1], crashes: 1, losses: 1 };

const plant = (options: ChainOptions, breaks: string, planted: Partial<Rules>): PlantedFault => ({
  options: { ...options, planted },
  breaks,
});

/** Mistakes that the protocol could have made, by what they do. */
export const PLANTED_FAULTS: Readonly<Record<string, PlantedFault>> = {
  "takes a slot before its data is stored": plant(RIVALS, "a slot's data is stored before it", {
    mayTake: (_, index) => index === 0,
  }),

  "takes slots out of order": plant(RIVALS, "I2 the slots are one line", { mayTake: ({ isStored }) => isStored }),

  "commits once the data is stored, before the slot": plant(RIVALS, "I1 what is committed is in the record", {
    stored(writer, index) {
      const toCommit = [...writer.toCommit, ...(writer.lane[index]?.entries ?? [])];
      return { ...RULES.stored(writer, index), toCommit };
    },
  }),

  "takes an unclear answer for a yes": plant(RIVALS, "I7 what is dropped is in the record", {
    unclear: (_, writer) => ({ writer: recordedBy(writer) }),
  }),

  "seals anew after an unclear answer, under what was sealed ahead": plant(RIVALS, "I2 the slots are one line", {
    unclear(state, writer) {
      const travelling = writer.lane[writer.taking];
      if (travelling === undefined) return undefined;
      const anew = { ...travelling, id: freshId(state), isStored: false };
      return { writer: { ...writer, taking: NONE, lane: writer.lane.with(writer.taking, anew) }, late: travelling };
    },
  }),

  "drops the deliveries of a lost race": plant(RIVALS, "I7 what is dropped is in the record", {
    lost: (writer, state) => RULES.lost({ ...writer, lane: writer.lane.slice(1) }, state),
  }),

  "keeps what was sealed on a batch that lost its slot": plant(RIVALS, "I2 the slots are one line", {
    lost: (writer, state) => ({
      ...RULES.lost({ ...writer, lane: writer.lane.slice(0, 1) }, state),
      lane: writer.lane.slice(1),
    }),
  }),

  "does not ask the record again after a lost slot": plant(RIVALS, "I1 nothing is in the record twice", {
    toAskAgain: () => [],
  }),

  "asks again only of what was sealed": plant(RIVALS, "I1 nothing is in the record twice", {
    lost(writer, state) {
      const reading = { ...writer, known: RULES.countSlots(state) };
      const sealed = writer.lane.flatMap(({ entries }) => entries);
      const rest = sealed.filter((entry) => RULES.ask(state, reading, entry) === "new");
      return { ...reading, lane: [], taking: NONE, waiting: [...rest, ...writer.waiting] };
    },
  }),

  "seals again on the newest slot of before a lost one": plant(RIVALS, ENDLESS, {
    lost: (writer) => ({ ...writer, lane: [], taking: NONE, waiting: heldBy(writer) }),
  }),

  "gives up after a lost slot": plant(RIVALS, STUCK, { lost: (writer) => ({ ...writer, known: REFUSED }) }),

  "lets the store overwrite a slot": plant(RIVALS, "I4 what is created never changes", {
    createOnTaken: (state, batch) => ({ ...state, slots: state.slots.with(batch.seq, batch) }),
  }),

  "keeps what it holds when its source steps back": plant(RECONNECTED, "I1 nothing is in the record twice", {
    steppedBack: (writer, committed) => keepHeld(writer, RULES.steppedBack(writer, committed)),
  }),

  "reads on from where it was when its source steps back": plant(RECONNECTED, "I7 what is dropped is in the record", {
    steppedBack: (writer, committed) => ({ ...RULES.steppedBack(writer, committed), cursor: writer.cursor }),
  }),

  "drops by position alone": plant(REBUILT, "I7 what is dropped is in the record", {
    ask: (state, { known }, entry) => (isCovered(state, known, entry) ? "recorded" : "new"),
  }),

  "takes a commit of an older generation": plant(REBUILT, "I1 what is committed is in the record", {
    acceptsCommit: () => true,
  }),

  "stays in its epoch when positions come again": plant(REBUILT, "I6 positions increase within an epoch", {
    epochOn: () => 0,
  }),

  "takes a hole for the end": plant(HOLED, "I2 the slots are one line", {
    countSlots: ({ slots }) => (slots.includes(null) ? slots.indexOf(null) : slots.length),
  }),
};

const keepHeld = ({ waiting, lane }: Writer, writer: Writer): Writer => ({ ...writer, waiting, lane });

function isCovered({ slots, stream }: ChainState, known: number, entry: number): boolean {
  const newest = slots[known - 1]?.entries.at(-1);
  return newest !== undefined && positionIn(stream, entry) <= positionIn(stream, newest);
}
