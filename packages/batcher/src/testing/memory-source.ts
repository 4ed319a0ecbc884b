import { comparePositions } from "@etrap/proof";
import type { ChangeSource, Clock, Delivery, Entry, Position } from "../ports.ts";
import { systemClock } from "../waiting/system-clock.ts";

/** A change source in memory: streams of entries, and a committed position for each that outlives the source. */
export interface MemoryCarrier {
  /** Adds an entry behind its stream's last. Throws RangeError unless `id` comes after it. */
  append(stream: string, id: string, entry: Entry, fields?: readonly Uint8Array[]): void;
  /** The committed position of a stream, undefined before the first commit. */
  committed(stream: string): string | undefined;
  /**
   * Another server takes over, which holds only the first `length` entries of a stream: the committed position goes back with them, and ids are
   * given again. Every open source steps back.
   */
  failOver(stream: string, length: number): void;
  /** Leaves, or comes back: while it is away, no source gets anything. */
  setAway(isAway: boolean): void;
  /** A stream's entries, oldest first. */
  entries(
    stream: string,
  ): readonly { readonly id: string; readonly entry: Entry; readonly fields: readonly Uint8Array[] }[];
  /** Opens a source at the committed positions, as after a restart. */
  open(): MemorySource;
}

/** A source on a memory carrier. */
export interface MemorySource extends ChangeSource {
  /** Goes back to the committed positions: what is not committed comes again, under the next generation. */
  stepBack(): void;
}

interface Line {
  readonly deliverables: { readonly id: string; readonly entry: Entry; readonly fields: readonly Uint8Array[] }[];
  committed: number;
}

/** What all sources on one carrier see. */
interface Server {
  readonly lines: Map<string, Line>;
  readonly clock: Clock;
  /** Which server it is. */
  number: number;
  isAway: boolean;
  /** Aborted at the next entry: who waits for one waits no longer. */
  nextEntry: AbortController;
}

/** Creates a carrier without streams. Its sources wait by `clock`. */
export function createMemoryCarrier(clock: Clock = systemClock): MemoryCarrier {
  const lines = new Map<string, Line>();
  const server: Server = { lines, clock, number: 0, isAway: false, nextEntry: new AbortController() };
  return {
    append(stream, id, entry, fields = [new TextEncoder().encode(JSON.stringify(entry))]) {
      const line = lines.get(stream) ?? { deliverables: [], committed: 0 };
      const last = line.deliverables.at(-1);
      if (last !== undefined && comparePositions(id, last.id) <= 0)
        throw new RangeError(`expected an id after ${last.id}, got ${id}`);
      lines.set(stream, line);
      line.deliverables.push({ id, entry, fields });
      server.nextEntry.abort();
      server.nextEntry = new AbortController();
    },
    committed(stream) {
      const line = lines.get(stream);
      return line?.deliverables[line.committed - 1]?.id;
    },
    failOver(stream, length) {
      const line = lines.get(stream);
      line?.deliverables.splice(length);
      if (line !== undefined) line.committed = Math.min(line.committed, length);
      server.number += 1;
    },
    setAway(isAway) {
      server.isAway = isAway;
    },
    entries: (stream) => lines.get(stream)?.deliverables ?? [],
    open: () => openSource(server),
  };
}

function openSource(server: Server): MemorySource {
  const { lines, clock } = server;
  let readFrom = server.number;
  let generation = 0;
  let isAway = false;
  let cursors = new Map<string, number>();
  /** What was committed of the current generation, by stream: indices at or above the committed position. */
  let settled = new Map<string, Set<number>>();

  const stepBack = (): void => {
    readFrom = server.number;
    generation += 1;
    cursors = new Map();
    settled = new Map();
  };

  const takeNext = (stream: string, line: Line): Delivery | undefined => {
    const index = cursors.get(stream) ?? line.committed;
    const next = line.deliverables[index];
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
      // As every carrier does, it lets others have their turn.
      await clock.sleep(0, signal);
      ({ isAway } = server);
      if (isAway) {
        await clock.sleep(waitMs, signal);
        return [];
      }
      if (readFrom !== server.number) stepBack();
      const deliveries: Delivery[] = [];
      let bytes = 0;
      for (const [stream, line] of lines) {
        if (paused.has(stream)) continue;
        while (deliveries.length < max && bytes < maxBytes) {
          const delivery = takeNext(stream, line);
          if (delivery === undefined) break;
          deliveries.push(delivery);
          bytes += delivery.size;
        }
      }
      if (deliveries.length === 0) await clock.sleep(waitMs, AbortSignal.any([signal, server.nextEntry.signal]));
      return deliveries;
    },
    async commit(deliveries) {
      // Positions of another server say nothing of this one.
      if (readFrom !== server.number) return;
      for (const { position, generation: deliveredIn } of deliveries) {
        if (deliveredIn === generation) settle(lines, settled, position);
      }
    },
  };
}

/** Notes one commit, and moves the committed position along the contiguous prefix. */
function settle(lines: ReadonlyMap<string, Line>, settled: Map<string, Set<number>>, { stream, id }: Position): void {
  const line = lines.get(stream);
  const index = line?.deliverables.findIndex((each) => each.id === id) ?? -1;
  if (line === undefined || index < line.committed) return;
  const done = settled.get(stream) ?? new Set();
  settled.set(stream, done.add(index));
  while (done.delete(line.committed)) line.committed += 1;
}
