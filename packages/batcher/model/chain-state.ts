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

/** Ends a list, and stands for no batch. Every other number is smaller. */
const END = 0xff;

/**
 * The state as a short text. Batches are numbered as they appear, and writers come in the order of their texts: what they are called does
 * not matter. What one writer has sealed and not put into a slot, the other knows nothing of, so each has its own numbers for that.
 */
export function encodeState({ budget, stream, committed, slots, lost, late, writers }: ChainState): string {
  const codes = [budget.crashes, budget.stepBacks, budget.rebuilds, budget.losses, committed, ...stream, slots.length];
  const ids: number[] = [];
  for (const batch of slots) pushBatch(codes, batch, ids);
  pushBatch(codes, lost, ids);
  pushBatch(codes, late, ids);
  const texts = writers.map((writer) => encodeWriter(writer, ids));
  return String.fromCharCode(...codes) + texts.toSorted().join("");
}

function encodeWriter(writer: Writer, sharedIds: readonly number[]): string {
  const { known, cursor, isBehind, waiting, lane, taking, toCommit, settled, prefix } = writer;
  const codes = [known - REFUSED, cursor - NONE, Number(isBehind), taking - NONE, prefix, lane.length];
  const ids = [...sharedIds];
  for (const batch of lane) pushBatch(codes, batch, ids);
  codes.push(...waiting, END, ...toCommit, END, ...settled, END);
  return String.fromCharCode(...codes);
}

/** Notes ids that are new in `ids`. */
function pushBatch(codes: number[], batch: Batch | null | undefined, ids: number[]): void {
  if (batch) {
    const { id, seq, previous, epoch, entries, isStored } = batch;
    codes.push(numberOf(id, ids), seq, numberOf(previous, ids), epoch, Number(isStored), ...entries);
  }
  codes.push(END);
}

function numberOf(id: number, ids: number[]): number {
  if (id === NONE) return END;
  const index = ids.indexOf(id);
  return index < 0 ? ids.push(id) - 1 : index;
}
