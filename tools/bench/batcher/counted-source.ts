import { setImmediate } from "node:timers/promises";
import { systemClock } from "@etrap/batcher";
import type { Change, ChangeSource, Delivery, PullOptions } from "@etrap/batcher";

/**
 * Options of `createCountedSource`: the changes, spread evenly over the tables, each of which has
 * its own stream.
 */
export interface CountedSourceOptions {
  readonly changes: number;
  readonly tables: number;
  /** The number of changes per second. Without it, changes come as fast as they are pulled. */
  readonly perSecond?: number | undefined;
  /** Called with the first and the last number of each commit. */
  readonly onCommit?: (first: number, last: number) => void;
}

/** A source that makes its changes when they are pulled. */
export interface CountedSource extends ChangeSource {
  /** Makes the source deliver every change again. */
  rewind(): void;
  readonly committed: number;
  /**
   * Returns when a change was due, on the clock of `performance.now`. Requires `perSecond` and one
   * table.
   */
  dueAt(number: number): number;
}

const POSITION = "1749855135650-";

/** Creates a source that holds nothing: each change is made from its number. */
export function createCountedSource({ changes, tables, perSecond, onCommit }: CountedSourceOptions): CountedSource {
  const streams = Array.from({ length: tables }, (_, table) => ({
    name: `etrap.public.t${table}`,
    table: `t${table}`,
    next: 0,
    committed: 0,
    end: Math.floor((changes + tables - 1 - table) / tables),
  }));
  const byName = new Map(streams.map((stream) => [stream.name, stream]));
  let [turn, made, generation] = [0, 0, 0];
  let startedAt: number | undefined;

  const due = (): number => {
    if (perSecond === undefined) return changes;
    startedAt ??= performance.now();
    return Math.floor(((performance.now() - startedAt) * perSecond) / 1000);
  };
  const take = ({ max, maxBytes, paused }: PullOptions): Delivery[] => {
    const most = Math.min(max, due() - made);
    const deliveries: Delivery[] = [];
    let [bytes, passed] = [0, 0];
    while (deliveries.length < most && bytes < maxBytes && passed < tables) {
      const stream = streams[turn];
      turn = (turn + 1) % tables;
      passed += 1;
      if (stream === undefined || stream.next === stream.end || paused.has(stream.name)) continue;
      const delivery = deliveryOf(stream, stream.next, generation);
      stream.next += 1;
      deliveries.push(delivery);
      bytes += delivery.size;
      passed = 0;
    }
    made += deliveries.length;
    return deliveries;
  };

  return {
    get generation() {
      return generation;
    },
    get committed() {
      return streams.reduce((sum, { committed }) => sum + committed, 0);
    },
    rewind() {
      for (const stream of streams) [stream.next, stream.committed] = [0, 0];
      [made, turn, generation] = [0, 0, generation + 1];
    },
    dueAt: (number) => (startedAt ?? Number.NaN) + (number * 1000) / (perSecond ?? Number.NaN),
    async pull(options) {
      await setImmediate();
      const deliveries = take(options);
      if (deliveries.length > 0) return deliveries;
      await systemClock.sleep(perSecond === undefined ? options.waitMs : Math.min(options.waitMs, 1), options.signal);
      return take(options);
    },
    async commit(deliveries) {
      for (const { position } of deliveries) {
        const stream = byName.get(position.stream);
        // Each table has one chain, and each chain one stream. So a batcher that keeps their order
        // commits the numbers one after another.
        if (stream === undefined || position.id !== POSITION + String(stream.committed))
          throw new Error(`committed ${position.id} of ${position.stream} out of order`);
        stream.committed += 1;
      }
      onCommit?.(numberOf(deliveries[0]?.position.id ?? ""), numberOf(deliveries.at(-1)?.position.id ?? ""));
    },
  };
}

/** Returns the number of a change in its stream. */
export function numberOf(id: string): number {
  return Number(id.slice(POSITION.length));
}

/**
 * Returns a change of five columns as a decoder gives it, ten to a transaction, and its JSON text
 * of about 300 bytes.
 */
export function deliveryOf(
  stream: { readonly name: string; readonly table: string },
  number: number,
  generation: number,
): Delivery {
  const id = String(number);
  const after = { id, owner: `owner ${id}`, balance: `${id}.25`, is_open: number % 7 !== 0, changed: "2025-06-13" };
  const entry: Change = {
    kind: "change",
    database: "erp",
    schema: "public",
    table: stream.table,
    operation: "INSERT",
    timestamp: 1_749_855_135_648 + Math.floor(number / 10),
    capturedAt: `1749855135650${id.padStart(9, "0")}`,
    lsn: String(24_023_128 + number),
    txId: String(555 + Math.floor(number / 10)),
    txOrder: (number % 10) + 1,
    run: "01a205fb-ce78-74e3",
    key: { id },
    before: null,
    after,
    omitted: null,
  };
  const { timestamp: ts, capturedAt: ns, lsn, txId: tx, txOrder: order, run } = entry;
  const source = { db: "erp", schema: "public", table: stream.table, lsn, tx, order };
  const bytes = Buffer.from(JSON.stringify({ op: "c", ts, ns, run, source, before: null, after }));
  const position = { stream: stream.name, id: POSITION + id };
  return { position, generation, entry, fields: [bytes], size: bytes.length };
}
