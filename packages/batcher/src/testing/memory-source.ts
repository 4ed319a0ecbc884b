import { comparePositions } from "@etrap/proof";
import type { ChangeSource, Clock, Delivery, Entry, Position } from "../ports.ts";
import { systemClock } from "../wait/system-clock.ts";

/** An entry, and the fields that the carrier sent it as. */
export interface SentEntry {
  readonly entry: Entry;
  readonly fields: readonly Uint8Array[];
}

/**
 * A carrier in memory. It holds streams of entries, and the committed position of each outlives the
 * source.
 */
export interface MemoryCarrier {
  /**
   * Adds an entry at the end of a stream. Throws RangeError unless `id` comes after the last one.
   */
  append(stream: string, id: string, entry: Entry): void;
  /** Adds an entry that was sent as these fields, in the same way. */
  appendFields(stream: string, id: string, sent: SentEntry): void;
  /** Returns the committed position of a stream. Undefined before the first commit. */
  committed(stream: string): string | undefined;
  /**
   * Lets another server take over, which holds only the first `length` entries of a stream. The
   * committed position goes back with them, and ids are given again. Every open source steps back.
   */
  failOver(stream: string, length: number): void;
  /**
   * Makes the carrier unreachable, or reachable again. While it is away, sources get no entries.
   */
  setAway(isAway: boolean): void;
  /** Returns the entries of a stream, oldest first. */
  entries(stream: string): readonly CarriedEntry[];
  /** Opens a source at the committed positions, as after a restart. */
  open(): MemorySource;
}

/** A source on a memory carrier. */
export interface MemorySource extends ChangeSource {
  /**
   * Goes back to the committed positions. Entries that are not committed are delivered again, under
   * the next generation.
   */
  stepBack(): void;
}

interface CarriedEntry extends SentEntry {
  readonly id: string;
}

interface MemoryStream {
  readonly entries: CarriedEntry[];
  /** The number of entries up to the committed position. */
  committed: number;
}

/** The state that all sources on one carrier share. */
interface Server {
  readonly streams: Map<string, MemoryStream>;
  readonly clock: Clock;
  /** Identifies the server. A fail-over increases it. */
  number: number;
  isAway: boolean;
  /** Aborted at the next entry, which ends every wait for one. */
  nextEntry: AbortController;
}

/** Creates a carrier without streams. Its sources wait by `clock`. */
export function createMemoryCarrier(clock: Clock = systemClock): MemoryCarrier {
  const streams = new Map<string, MemoryStream>();
  const server: Server = { streams, clock, number: 0, isAway: false, nextEntry: new AbortController() };
  const appendFields: MemoryCarrier["appendFields"] = (stream, id, sent) => {
    const held = streams.get(stream) ?? { entries: [], committed: 0 };
    const last = held.entries.at(-1);
    if (last !== undefined && comparePositions(id, last.id) <= 0)
      throw new RangeError(`expected an id after ${last.id}, got ${id}`);
    streams.set(stream, held);
    held.entries.push({ id, ...sent });
    server.nextEntry.abort();
    server.nextEntry = new AbortController();
  };

  return {
    append(stream, id, entry) {
      appendFields(stream, id, { entry, fields: [new TextEncoder().encode(JSON.stringify(entry))] });
    },
    appendFields,
    committed(stream) {
      const held = streams.get(stream);
      return held?.entries[held.committed - 1]?.id;
    },
    failOver(stream, length) {
      const held = streams.get(stream);
      held?.entries.splice(length);
      if (held !== undefined) held.committed = Math.min(held.committed, length);
      server.number += 1;
    },
    setAway(isAway) {
      server.isAway = isAway;
    },
    entries: (stream) => streams.get(stream)?.entries ?? [],
    open: () => openSource(server),
  };
}

function openSource(server: Server): MemorySource {
  const { streams, clock } = server;
  let readFrom = server.number;
  let generation = 0;
  let isAway = false;
  let cursors = new Map<string, number>();
  /**
   * The entries committed in the current generation, by stream, as indices at or above the
   * committed position.
   */
  let settled = new Map<string, Set<number>>();

  const stepBack = (): void => {
    readFrom = server.number;
    generation += 1;
    cursors = new Map();
    settled = new Map();
  };

  const takeNext = (stream: string, held: MemoryStream): Delivery | undefined => {
    const index = cursors.get(stream) ?? held.committed;
    const next = held.entries[index];
    if (next === undefined) return undefined;
    cursors.set(stream, index + 1);
    const size = next.fields.reduce((sum, field) => sum + field.length, 0);
    return { position: { stream, id: next.id }, generation, entry: next.entry, fields: next.fields, size };
  };

  return {
    get generation() {
      return generation;
    },
    get isAway() {
      return isAway;
    },
    stepBack,
    async pull({ max, maxBytes, paused, signal, waitMs }) {
      // Every source gives other tasks a turn.
      await clock.sleep(0, signal);
      ({ isAway } = server);
      if (isAway) {
        await clock.sleep(waitMs, signal);
        return [];
      }
      if (readFrom !== server.number) stepBack();
      const deliveries: Delivery[] = [];
      let bytes = 0;
      for (const [stream, held] of streams) {
        if (paused.has(stream)) continue;
        while (deliveries.length < max && bytes < maxBytes) {
          const delivery = takeNext(stream, held);
          if (delivery === undefined) break;
          deliveries.push(delivery);
          bytes += delivery.size;
        }
      }
      if (deliveries.length === 0) await clock.sleep(waitMs, AbortSignal.any([signal, server.nextEntry.signal]));
      return deliveries;
    },
    async commit(deliveries) {
      // Positions of another server mean nothing here.
      if (readFrom !== server.number) return;
      for (const { position, generation: deliveredIn } of deliveries) {
        if (deliveredIn === generation) settle(streams, settled, position);
      }
    },
  };
}

/** Notes one commit, and moves the committed position along the contiguous prefix. */
function settle(
  streams: ReadonlyMap<string, MemoryStream>,
  settled: Map<string, Set<number>>,
  { stream, id }: Position,
): void {
  const held = streams.get(stream);
  const index = held?.entries.findIndex((each) => each.id === id) ?? -1;
  if (held === undefined || index < held.committed) return;
  const done = settled.get(stream) ?? new Set();
  settled.set(stream, done.add(index));
  while (done.delete(held.committed)) held.committed += 1;
}
