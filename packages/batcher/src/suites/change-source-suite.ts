import { describe, expect, onTestFinished, test } from "vitest";
import type { ChangeSource, Delivery } from "../ports.ts";

/** A carrier under test, which is empty at first. */
export interface ChangeSourceHarness {
  /** Adds the entries with these numbers to a stream, under the ids `{number}-0`. */
  append(stream: string, ...numbers: number[]): Promise<void>;
  /** Opens a source on the carrier, as after a restart. The source before it is closed. */
  open(): Promise<ChangeSource>;
  /** Makes the open source step back. */
  stepBack(): Promise<void>;
  /** Makes the carrier unreachable, or reachable again. Left out where the test cannot do that. */
  setAway?(isAway: boolean): Promise<void>;
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;
const LIMITS = { max: 1000, maxBytes: 1 << 20, waitMs: 50, paused: new Set<string>(), signal: NEVER };
/** The longest time that the deliveries of one test may take. */
const LONGEST_WAIT_MS = 5_000;

/** Pulls until this many deliveries came. */
async function pullUntil(
  source: ChangeSource,
  count: number,
  limits: Partial<typeof LIMITS> = {},
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  for (const start = performance.now(); deliveries.length < count;) {
    if (performance.now() - start > LONGEST_WAIT_MS)
      throw new Error(`expected ${count} deliveries, got ${deliveries.length}`);
    deliveries.push(...(await source.pull({ ...LIMITS, ...limits })));
  }
  return deliveries;
}

const numbersOf = (deliveries: readonly Delivery[], stream = "etrap.public.a"): number[] =>
  deliveries
    .filter(({ position }) => position.stream === stream)
    .map(({ position }) => Number.parseInt(position.id, 10));

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/**
 * Defines the tests of the duties of `ChangeSource`, on streams named `etrap.public.…`.
 * `openHarness` creates an empty carrier for each test.
 */
export function describeChangeSource(name: string, openHarness: () => Promise<ChangeSourceHarness>): void {
  const start = async (): Promise<ChangeSourceHarness> => {
    const harness = await openHarness();
    onTestFinished(() => harness.close());
    return harness;
  };

  describe(`${name}, as ChangeSource,`, () => {
    test("delivers the entries of each stream in order, each of them once", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", ...range(1, 100));
      await harness.append("etrap.public.b", ...range(1, 50));
      const source = await harness.open();
      const deliveries = await pullUntil(source, 150);
      expect(numbersOf(deliveries)).toEqual(range(1, 100));
      expect(numbersOf(deliveries, "etrap.public.b")).toEqual(range(1, 50));
      expect(await source.pull(LIMITS)).toEqual([]);
    });

    test("finds a stream that appears later", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", 1);
      const source = await harness.open();
      await pullUntil(source, 1);
      await harness.append("etrap.public.b", 1, 2);
      expect(numbersOf(await pullUntil(source, 2), "etrap.public.b")).toEqual([1, 2]);
    });

    test("keeps to max and maxBytes, and continues where it stopped", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", ...range(1, 30));
      await harness.append("etrap.public.b", ...range(1, 30));
      const source = await harness.open();
      const first = await source.pull({ ...LIMITS, max: 7 });
      expect(first.length).toBeLessThanOrEqual(7);
      const second = await source.pull({ ...LIMITS, maxBytes: 1 });
      expect(second.length).toBeLessThanOrEqual(1);
      const rest = await pullUntil(source, 60 - first.length - second.length, { max: 7 });
      expect(numbersOf([...first, ...second, ...rest])).toEqual(range(1, 30));
    });

    test("does not read a paused stream, and delivers its entries later", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", 1, 2);
      await harness.append("etrap.public.b", 1, 2);
      const source = await harness.open();
      const others = await pullUntil(source, 2, { paused: new Set(["etrap.public.a"]) });
      expect(numbersOf(others, "etrap.public.b")).toEqual([1, 2]);
      expect(numbersOf(await pullUntil(source, 2))).toEqual([1, 2]);
    });

    test("delivers everything that was not committed again after a restart, and nothing else", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", ...range(1, 10));
      const source = await harness.open();
      const deliveries = await pullUntil(source, 10);
      await source.commit(deliveries.slice(0, 4));
      expect(numbersOf(await pullUntil(await harness.open(), 6))).toEqual(range(5, 10));
    });

    test("moves the committed position along the contiguous prefix only, whatever the order of commits", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", ...range(1, 10));
      let source = await harness.open();
      const deliveries = await pullUntil(source, 10);
      await source.commit(deliveries.slice(5, 8));
      await source.commit(deliveries.slice(0, 2));
      source = await harness.open();
      const again = await pullUntil(source, 8);
      expect(numbersOf(again)).toEqual(range(3, 10));
      await source.commit(again.toReversed());
      expect(await (await harness.open()).pull(LIMITS)).toEqual([]);
    });

    test("begins a new generation when it steps back, and delivers what is not committed again", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", ...range(1, 6));
      const source = await harness.open();
      const deliveries = await pullUntil(source, 6);
      await source.commit(deliveries.slice(0, 3));
      const before = source.generation;
      await harness.stepBack();
      const again = await pullUntil(source, 3);
      expect(source.generation).toBeGreaterThan(before);
      expect(numbersOf(again)).toEqual([4, 5, 6]);
      for (const { generation } of again) expect(generation).toBe(source.generation);
    });

    test("ignores a commit of an older generation", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", ...range(1, 6));
      const source = await harness.open();
      const old = await pullUntil(source, 6);
      await harness.stepBack();
      await pullUntil(source, 6);
      await source.commit(old);
      expect(numbersOf(await pullUntil(await harness.open(), 6))).toEqual(range(1, 6));
    });

    test("ends a pull after waitMs without entries, and at once when the signal is aborted", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", 1);
      const source = await harness.open();
      await pullUntil(source, 1);
      expect(await source.pull({ ...LIMITS, waitMs: 20 })).toEqual([]);
      const stop = new AbortController();
      const started = performance.now();
      setTimeout(() => stop.abort(), 50);
      await source.pull({ ...LIMITS, waitMs: 60_000, signal: stop.signal });
      expect(performance.now() - started).toBeLessThan(2_000);
    });

    test("gives other tasks a turn in every pull, also where it must not wait or is away", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", 1);
      const source = await harness.open();
      await pullUntil(source, 1);
      const pullWithTurn = async (): Promise<boolean> => {
        let hasTurned = false;
        const timer = setImmediate(() => (hasTurned = true));
        await source.pull({ ...LIMITS, waitMs: 0 });
        clearImmediate(timer);
        return hasTurned;
      };
      for (let pull = 1; pull <= 20; pull += 1) expect(await pullWithTurn()).toBe(true);
      if (harness.setAway === undefined) return;
      await harness.setAway(true);
      for (let pull = 1; pull <= 20; pull += 1) expect(await pullWithTurn()).toBe(true);
    });

    test("reports that it is away, so that an empty pull does not look like the end", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", 1);
      const source = await harness.open();
      await source.commit(await pullUntil(source, 1));
      expect(await source.pull(LIMITS)).toEqual([]);
      expect(source.isAway ?? false).toBe(false);
      if (harness.setAway === undefined) return;
      await harness.append("etrap.public.a", 2);
      await harness.setAway(true);
      expect(await source.pull(LIMITS)).toEqual([]);
      expect(source.isAway).toBe(true);
      await harness.setAway(false);
      expect(numbersOf(await pullUntil(source, 1))).toEqual([2]);
      expect(source.isAway).toBe(false);
    });

    test("returns the fields of an entry as they came, and their size", async () => {
      const harness = await start();
      await harness.append("etrap.public.a", 1);
      const [delivery] = await pullUntil(await harness.open(), 1);
      const bytes = delivery?.fields.reduce((sum, { length }) => sum + length, 0);
      expect(bytes).toBeGreaterThan(0);
      expect(delivery?.size).toBe(bytes);
      expect(delivery?.entry.kind).toBe("change");
    });
  });
}
