import { everIn, freshId, NONE, positionIn, REFUSED, STARTED } from "./chain-state.ts";
import type { Entry, Writer } from "./chain-state.ts";
import { create, idIn, nameOf } from "./chain-store.ts";
import type { ChainStep, Turn } from "./turn.ts";

/** Every step that a writer can take now. One that found the record damaged has stopped. */
export function writerSteps(turn: Turn): ChainStep[] {
  if (turn.writer.known === REFUSED) return [];
  return [readPosition, readNewestSlot, pull, seal, storeData, takeSlot, land, hear, commit].flatMap((steps) =>
    steps(turn),
  );
}

/** The source is at the committed position: at the start, and when the writer sees that it stepped back. A slot in flight is settled first. */
function readPosition({ state, writer, rules, step }: Turn): ChainStep[] {
  if (writer.isBehind && writer.taking === NONE)
    return [
      step(`sees that its source stepped back to ${state.committed}`, rules.steppedBack(writer, state.committed)),
    ];
  if (writer.isBehind || writer.cursor !== NONE) return [];
  const { committed } = state;
  return [step(`reads the committed position, ${committed}`, { ...writer, cursor: committed, prefix: committed })];
}

/** At the start and after a lost slot. What is held was asked of an older record, so it is asked again. */
function readNewestSlot({ state, writer, rules, step }: Turn): ChainStep[] {
  if (writer.known !== NONE) return [];
  const known = rules.countSlots(state);
  if (known === REFUSED) return [step("finds a slot missing and stops", { ...STARTED, known })];
  const reading = { ...writer, known };
  const recorded = rules.toAskAgain(writer).filter((entry) => rules.ask(state, reading, entry) === "recorded");
  const waiting = writer.waiting.filter((entry) => !recorded.includes(entry));
  return [step(`reads the slots, ${known}`, { ...reading, waiting, toCommit: union(writer.toCommit, recorded) })];
}

/** Reads one entry and asks the record, as far as it is known, whether it has it. */
function pull({ state, writer, rules, step }: Turn): ChainStep[] {
  const entry = state.stream[writer.cursor];
  if (writer.known === NONE || writer.cursor === NONE || writer.isBehind || entry === undefined) return [];
  const reading = { ...writer, cursor: writer.cursor + 1 };
  const answer = rules.ask(state, writer, entry);
  if (answer === "missing")
    return [step(`needs a missing slot to tell of ${entry}, and stops`, { ...STARTED, known: REFUSED })];
  if (answer === "new") return [step(`reads ${entry}`, { ...reading, waiting: [...writer.waiting, entry] })];
  return [step(`reads ${entry} and drops it as recorded`, { ...reading, toCommit: union(writer.toCommit, [entry]) })];
}

/** On the newest batch that was sealed, whether or not it is in the record by now. */
function seal({ state, writer, rules, batchSizes, step }: Turn): ChainStep[] {
  const { known, lane, waiting } = writer;
  if (known === NONE) return [];
  const previous = lane.at(-1) ?? everIn(state, known - 1);
  return batchSizes
    .filter((size) => size <= waiting.length)
    .map((size) => {
      const entries = waiting.slice(0, size);
      const epoch = rules.epochOn(previous, entries, state.stream);
      const seq = previous === undefined ? 0 : previous.seq + 1;
      const batch = { id: freshId(state), seq, previous: previous?.id ?? NONE, epoch, entries, isStored: false };
      return step(`seals ${nameOf(batch)}`, { ...writer, lane: [...lane, batch], waiting: waiting.slice(size) });
    });
}

/** In any order. An unclear answer changes nothing: nobody reads the data before its slot stands, and the same bytes go again. */
function storeData({ writer, rules, step }: Turn): ChainStep[] {
  return writer.lane.flatMap((batch, index) =>
    batch.isStored ? [] : [step(`stores the data of ${nameOf(batch)}`, rules.stored(writer, index))],
  );
}

function takeSlot({ writer, rules, step }: Turn): ChainStep[] {
  if (writer.taking !== NONE) return [];
  return writer.lane.flatMap((batch, index) =>
    rules.mayTake(batch, index)
      ? [step(`asks for slot ${batch.seq} for ${nameOf(batch)}`, { ...writer, taking: index })]
      : [],
  );
}

/** The store acts on the request. THE COMMIT POINT, where the slot is free. */
function land({ state, writer, rules, step }: Turn): ChainStep[] {
  const batch = writer.lane[writer.taking];
  if (batch === undefined || idIn(state, batch.seq) === batch.id) return [];
  const created = create(state, batch, rules);
  return created === state ? [] : [step(`is given slot ${batch.seq} for ${nameOf(batch)}`, writer, created)];
}

/** The answer, once there is one. Until then the same bytes go again, which changes nothing. */
function hear({ state, writer, rules, step }: Turn): ChainStep[] {
  const batch = writer.lane[writer.taking];
  if (batch === undefined) return [];
  const unclear = rules.unclear(state, writer);
  const unclearly = unclear ? [step("hears no answer", unclear.writer, { late: unclear.late ?? state.late })] : [];
  const id = idIn(state, batch.seq);
  if (id === undefined) return unclearly;
  if (id !== batch.id) return [...unclearly, step(`hears that slot ${batch.seq} is lost`, rules.lost(writer, state))];
  return [...unclearly, step(`hears that slot ${batch.seq} is taken`, recordedBy(writer))];
}

/** The writer knows that the slot it asked for is its own. */
export function recordedBy(writer: Writer): Writer {
  const { lane, taking, toCommit } = writer;
  const batch = lane[taking];
  if (batch === undefined) return writer;
  return {
    ...writer,
    known: batch.seq + 1,
    lane: lane.toSpliced(taking, 1),
    taking: NONE,
    toCommit: union(toCommit, batch.entries),
  };
}

/** In any order. A source that stepped back ignores what was read before. */
function commit({ state, writer, rules, step }: Turn): ChainStep[] {
  if (!rules.acceptsCommit(writer)) return [];
  return writer.toCommit.map((entry) => {
    const toCommit = writer.toCommit.filter((each) => each !== entry);
    const all = union(writer.settled, [positionIn(state.stream, entry)]);
    const prefix = contiguousFrom(writer.prefix, all);
    const settled = all.filter((position) => position > prefix);
    const committed = prefix === writer.prefix ? state.committed : prefix;
    return step(`commits ${entry}`, { ...writer, toCommit, settled, prefix }, { committed });
  });
}

function contiguousFrom(prefix: number, settled: readonly number[]): number {
  let end = prefix;
  while (settled.includes(end + 1)) end += 1;
  return end;
}

function union(some: readonly Entry[], more: readonly Entry[]): readonly Entry[] {
  return more.length === 0 ? some : [...new Set([...some, ...more])].toSorted((a, b) => a - b);
}
