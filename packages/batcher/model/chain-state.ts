/** One entry of the stream, as a number: 1 … n as first written, n + p for another entry that a rebuilt stream has at position p. */
export type Entry = number;

/** A header and its data. `id` stands for the random salts: sealing the same entries again gives another one. */
export interface Batch {
  readonly id: number;
  readonly seq: number;
  /** The id of the batch before, NONE for the first. */
  readonly previous: number;
  readonly epoch: number;
  readonly entries: readonly Entry[];
  /** Whether the store holds its data. In a slot: whether it did when the slot was taken. */
  readonly isStored: boolean;
}

/** One writer and its source. A crash takes it back to `STARTED`. */
export interface Writer {
  /** How many slots it knows of; NONE before it has read the newest one; REFUSED once it found the record damaged. */
  readonly known: number;
  /** The newest position that it read, NONE before its source is connected. */
  readonly cursor: number;
  /** Whether its source stepped back and the writer has not seen it yet. */
  readonly isBehind: boolean;
  /** Read, and not sealed. */
  readonly waiting: readonly Entry[];
  /** Sealed, each on the one before, and not known to be in the record. */
  readonly lane: readonly Batch[];
  /** Index in the lane of the batch whose slot was asked for, NONE when there is none. */
  readonly taking: number;
  /** Entries that need never come again and whose commit has not reached the source. */
  readonly toCommit: readonly Entry[];
  /** Positions behind `prefix` that were committed to the source. */
  readonly settled: readonly number[];
  /** The source's contiguous prefix. */
  readonly prefix: number;
}

export interface ChainState {
  /** How often each may still happen. */
  readonly budget: {
    readonly crashes: number;
    readonly stepBacks: number;
    readonly rebuilds: number;
    readonly losses: number;
  };
  /** The stream's entries, by position − 1. */
  readonly stream: readonly Entry[];
  readonly committed: number;
  /** The slots, null for one that the store has lost. */
  readonly slots: readonly (Batch | null)[];
  /** What stood in the slot that the store has lost. */
  readonly lost: Batch | undefined;
  /** A slot's request that a crash left on its way: it may still arrive. */
  readonly late: Batch | undefined;
  readonly writers: readonly Writer[];
}

export const NONE = -1;
export const REFUSED = -2;

export const STARTED: Writer = {
  known: NONE,
  cursor: NONE,
  isBehind: false,
  waiting: [],
  lane: [],
  taking: NONE,
  toCommit: [],
  settled: [],
  prefix: 0,
};

/** What a writer holds that it does not know to be in the record, in order. */
export function heldBy({ lane, waiting }: Writer): Entry[] {
  return [...lane.flatMap(({ entries }) => entries), ...waiting];
}

/** Whether the record has this entry. What stood in a lost slot counts: the next header names it, so that it can be restored. */
export function isInRecord({ slots, lost }: ChainState, entry: Entry): boolean {
  return slots.some((slot) => slot?.entries.includes(entry)) || lost?.entries.includes(entry) === true;
}

/** The batch that this slot was taken for, also where the store has lost it since: the next header and whoever read it still name it. */
export function everIn({ slots, lost }: ChainState, seq: number): Batch | undefined {
  return slots[seq] ?? (lost?.seq === seq ? lost : undefined);
}

/** An entry's position, whichever stream it is from: two entries of one position are as far apart as the stream is long. */
export function positionIn(stream: readonly Entry[], entry: Entry): number {
  return ((entry - 1) % stream.length) + 1;
}

/** An id that no batch has. */
export function freshId({ slots, lost, late, writers }: ChainState): number {
  const batches = [...slots, lost, late, ...writers.flatMap(({ lane }) => lane)];
  return batches.reduce((most, batch) => Math.max(most, batch?.id ?? NONE, batch?.previous ?? NONE), NONE) + 1;
}

/** Every list ends with this, so that no two states have one text. */
const END = 0xff;

/** The state as a short text. Ids are numbered by first appearance, and the writers' names do not count: both are as good as any other. */
export function encodeState(state: ChainState): string {
  const [a, b] = state.writers;
  const text = encodeInOrder(state, state.writers);
  if (a === undefined || b === undefined) return text;
  const mirrored = encodeInOrder(state, [b, a]);
  return text < mirrored ? text : mirrored;
}

function encodeInOrder(
  { budget, stream, committed, slots, lost, late }: ChainState,
  writers: readonly Writer[],
): string {
  const codes: number[] = [budget.crashes, budget.stepBacks, budget.rebuilds, budget.losses, committed, ...stream];
  const ids: number[] = [];
  const numberOf = (id: number): number => {
    if (id === NONE) return END;
    const index = ids.indexOf(id);
    return index < 0 ? ids.push(id) - 1 : index;
  };
  const addBatch = (batch: Batch | null | undefined): void => {
    if (batch)
      codes.push(
        numberOf(batch.id),
        batch.seq,
        numberOf(batch.previous),
        batch.epoch,
        +batch.isStored,
        ...batch.entries,
      );
    codes.push(END);
  };
  codes.push(slots.length);
  slots.forEach(addBatch);
  addBatch(lost);
  addBatch(late);
  for (const { known, cursor, isBehind, waiting, lane, taking, toCommit, settled, prefix } of writers) {
    codes.push(known + 2, cursor + 1, +isBehind, taking + 1, prefix, ...waiting, END, lane.length);
    lane.forEach(addBatch);
    codes.push(...toCommit, END, ...settled, END);
  }
  return String.fromCharCode(...codes);
}
