import { heldBy, NONE, positionIn, REFUSED } from "./chain-state.ts";
import type { Batch, ChainState, Entry, Writer } from "./chain-state.ts";

/** What the record says of an entry: in a slot's batch, in none, or only a missing slot could tell. */
type Answer = "recorded" | "new" | "missing";

/** Every decision of the protocol. A planted fault is another function in the place of one. */
export interface Rules {
  /** How many slots stand, or REFUSED. */
  countSlots(state: ChainState): number;
  /** What the record, as far as this writer knows it, says of an entry. */
  ask(state: ChainState, writer: Writer, entry: Entry): Answer;
  /** The epoch of a batch of these entries on the one before. */
  epochOn(previous: Batch | undefined, entries: readonly Entry[], stream: readonly Entry[]): number;
  /** The writer once the data of the lane's batch at `index` is stored. */
  stored(writer: Writer, index: number): Writer;
  /** Whether the lane's batch at `index` may ask for its slot. */
  mayTake(batch: Batch, index: number): boolean;
  /** The store once it was asked to create a slot that stands with other bytes. */
  createOnTaken(state: ChainState, batch: Batch): ChainState;
  /** What a writer does that hears no answer, and the request that it leaves on its way; undefined: it sends the same bytes again. */
  unclear(state: ChainState, writer: Writer): { readonly writer: Writer; readonly late?: Batch } | undefined;
  /** The writer once it knows that another took its slot. */
  lost(writer: Writer, state: ChainState): Writer;
  /** What it asks of again once it has read the newest slot. */
  toAskAgain(writer: Writer): readonly Entry[];
  /** Whether its source still takes commits of what this writer holds. */
  acceptsCommit(writer: Writer): boolean;
  /** The writer once it sees that its source stepped back to `committed`. */
  steppedBack(writer: Writer, committed: number): Writer;
}

/** The protocol as it is meant. */
export const RULES: Rules = {
  /** A hole is not the end: writing into it would fork the chain. */
  countSlots: ({ slots }) => (slots.includes(null) ? REFUSED : slots.length),
  ask({ slots, lost }, { known }, entry) {
    if (slots.slice(0, known).some((slot) => slot?.entries.includes(entry))) return "recorded";
    return lost?.entries.includes(entry) && lost.seq < known ? "missing" : "new";
  },
  epochOn(previous, [first], stream) {
    const newest = previous?.entries.at(-1);
    if (previous === undefined || newest === undefined || first === undefined) return 0;
    return positionIn(stream, first) > positionIn(stream, newest) ? previous.epoch : previous.epoch + 1;
  },
  stored: (writer, index) => ({
    ...writer,
    lane: writer.lane.map((batch, at) => (at === index ? { ...batch, isStored: true } : batch)),
  }),
  mayTake: ({ isStored }, index) => index === 0 && isStored,
  createOnTaken: (state) => state,
  unclear: () => undefined,
  /** What was sealed is thrown away, since it stands on a batch that is not in the record; its deliveries never. */
  lost: (writer) => ({ ...writer, known: NONE, lane: [], taking: NONE, waiting: heldBy(writer) }),
  toAskAgain: ({ waiting }) => waiting,
  acceptsCommit: ({ isBehind }) => !isBehind,
  steppedBack: (writer, committed) => ({
    ...writer,
    isBehind: false,
    cursor: committed,
    prefix: committed,
    settled: [],
    waiting: [],
    lane: [],
    toCommit: [],
  }),
};
