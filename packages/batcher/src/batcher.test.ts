import { parseHeader, slotKey } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";
import type { Batcher } from "./batcher.ts";
import { codeOf } from "./error-code.ts";
import type { BatcherEvent } from "./events.ts";
import type { BatcherOptions } from "./options.ts";
import type { ChangeSource, Clock, ObjectStore } from "./ports.ts";
import { createScheduler } from "./simulation/scheduler.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import type { MemoryCarrier, MemorySource } from "./testing/memory-source.ts";
import { createMemoryStore } from "./testing/memory-store.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { sampleChange } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

const chain = (table: string): { database: string; schema: string; table: string } => ({
  database: "erp",
  schema: "public",
  table,
});

/** A batcher in a world whose time is virtual: it passes only while somebody waits for something. */
interface World {
  readonly now: number;
  readonly clock: Clock;
  readonly carrier: MemoryCarrier;
  readonly source: MemorySource;
  readonly store: MemoryStore;
  readonly events: BatcherEvent[];
  /** Prefixes under which the store creates nothing now. */
  readonly away: Set<string>;
  readonly batcher: Batcher;
  /** Adds so many changes to a table's own stream, named as the table. */
  append(table: string, count: number): void;
  /** How many changes each slot of a table holds. */
  counts(table: string): Promise<number[]>;
  /** Lets time pass until something is so. Fails where it never comes. */
  until(isSo: () => boolean): Promise<void>;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until a promise is settled. Gives the code it was rejected with, or undefined. */
  outcome(promise: Promise<void>): Promise<string | undefined>;
}

/** How many things may happen before what must come is missed. */
const PATIENCE = 50_000;

function createWorld(
  options: Partial<BatcherOptions> = {},
  wrap: (source: ChangeSource, clock: Clock) => ChangeSource = (source) => source,
): World {
  const scheduler = createScheduler(1_749_855_000_000);
  const { clock } = scheduler;
  const [carrier, store] = [createMemoryCarrier(clock), createMemoryStore()];
  const [events, away, lengths]: [BatcherEvent[], Set<string>, Map<string, number>] = [[], new Set(), new Map()];
  const source = carrier.open();
  const partial: ObjectStore = {
    ...store,
    async create(key, bytes) {
      await clock.sleep(1);
      if ([...away].some((prefix) => key.startsWith(prefix)))
        throw Object.assign(new Error("away"), { code: "UNAVAILABLE" });
      await store.create(key, bytes);
    },
  };
  const batcher = createBatcher(
    { source: wrap(source, clock), store: partial, clock },
    { ...sampleWriter, onEvent: (event) => void events.push(event), ...options },
  );
  /** Lets go on what can go on without time. Only then is it known whether time has to pass. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let steps = 0; ; steps += 1) {
      await settle();
      if (isSo()) return;
      if (steps > PATIENCE) throw new Error("it never comes");
      await scheduler.step();
    }
  };
  return {
    get now() {
      return scheduler.now;
    },
    clock,
    carrier,
    source,
    store,
    events,
    away,
    batcher,
    append(table, count) {
      const length = lengths.get(table) ?? 0;
      for (let number = length; number < length + count; number += 1)
        carrier.append(table, `${number + 1}-0`, sampleChange(number, { table }));
      lengths.set(table, length + count);
    },
    async counts(table) {
      const slots = store.keys().filter((key) => key.startsWith(`erp/${table}/chain/`));
      const bytes = await Promise.all(slots.map((key) => store.get(key)));
      return bytes.map((slot) => parseHeader(slot ?? new Uint8Array()).leaf_count);
    },
    until,
    async pass(ms) {
      let isOver = false;
      scheduler.at(scheduler.now + ms, () => (isOver = true));
      await until(() => isOver);
    },
    async outcome(promise) {
      let end: { readonly code: string | undefined } | undefined;
      promise.then(
        () => (end = { code: undefined }),
        (error: unknown) => (end = { code: codeOf(error) ?? String(error) }),
      );
      await until(() => end !== undefined);
      return end?.code;
    },
  };
}

const ofType = <T extends BatcherEvent["type"]>({ events }: World, type: T): Extract<BatcherEvent, { type: T }>[] =>
  events.filter((event): event is Extract<BatcherEvent, { type: T }> => event.type === type);

/** Starts a run. `stop` asks it to end and gives how it ended. */
function start({ batcher, outcome }: World): { stop(): Promise<string | undefined>; readonly done: Promise<void> } {
  const stopping = new AbortController();
  const done = batcher.run(stopping.signal);
  done.catch(() => undefined);
  return {
    done,
    stop() {
      stopping.abort();
      return outcome(done);
    },
  };
}

describe("a run", () => {
  test("is one at a time; after it, another may begin", async () => {
    const world = createWorld();
    const { stop } = start(world);
    expect(await world.outcome(world.batcher.run(new AbortController().signal))).toBe("ALREADY_RUNNING");
    expect(await world.outcome(world.batcher.runOnce())).toBe("ALREADY_RUNNING");
    expect(await stop()).toBeUndefined();
    world.append("a", 1);
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([1]);
  });

  test("whose signal is aborted already reads nothing", async () => {
    const world = createWorld();
    world.append("a", 1);
    expect(await world.outcome(world.batcher.run(AbortSignal.abort()))).toBeUndefined();
    expect(world.store.keys()).toEqual([]);
  });

  test("rejects at once with the source's error, and may begin again", async () => {
    const refused = Object.assign(new Error("x"), { code: "SOURCE_MISMATCH" });
    const faults = [refused];
    const world = createWorld({}, (source) => ({
      generation: 0,
      commit: source.commit,
      pull: async (options) => {
        const fault = faults.pop();
        if (fault !== undefined) throw fault;
        return source.pull(options);
      },
    }));
    world.append("a", 1);
    expect(await world.outcome(world.batcher.run(new AbortController().signal))).toBe("SOURCE_MISMATCH");
    expect(world.batcher.status().isRunning).toBe(false);
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(world.carrier.committed("a")).toBe("1-0");
  });

  test("of a backlog of 2,500 stores 1000, 1000, 500", { timeout: 30_000 }, async () => {
    const world = createWorld();
    world.append("a", 2500);
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([1000, 1000, 500]);
    expect(world.carrier.committed("a")).toBe("2500-0");
  });

  test("closes a batch when it is due, and not before", async () => {
    const world = createWorld({ policy: { batchTimeoutMs: 5_000 } });
    const begin = world.now;
    const { stop } = start(world);
    world.append("a", 2);
    await world.until(() => ofType(world, "batch-stored").length > 0);
    expect(world.now - begin).toBeGreaterThanOrEqual(5_000);
    expect(world.now - begin).toBeLessThan(5_100);
    expect(await stop()).toBeUndefined();
  });
});

describe("the batches of one chain", () => {
  test("are stored side by side, eight at most; their slots are taken one after another, in order", async () => {
    const scheduler = createScheduler(0);
    const [carrier, store] = [createMemoryCarrier(scheduler.clock), createMemoryStore()];
    for (let number = 0; number < 100; number += 1) carrier.append("a", `${number + 1}-0`, sampleChange(number));
    const [underWay, slots]: [Set<string>, string[]] = [new Set(), []];
    let [mostData, mostSlots] = [0, 0];
    const slow: ObjectStore = {
      ...store,
      async create(key, bytes) {
        underWay.add(key);
        const count = (part: string): number => [...underWay].filter((each) => each.includes(part)).length;
        mostData = Math.max(mostData, count("batch-data.json"));
        mostSlots = Math.max(mostSlots, count("/chain/"));
        if (key.includes("/chain/")) slots.push(key);
        // The later, the faster: their data is there before that of those they stand on.
        await scheduler.clock.sleep(100 - slots.length);
        await store.create(key, bytes);
        underWay.delete(key);
      },
    };
    const ports = { source: carrier.open(), store: slow, clock: scheduler.clock };
    let isDone = false;
    const done = createBatcher(ports, { ...sampleWriter, policy: { batchSize: 5 } }).runOnce();
    void done.then(() => (isDone = true));
    while (!isDone) await scheduler.step();
    expect([mostData, mostSlots]).toEqual([8, 1]);
    expect(slots).toEqual(Array.from({ length: 20 }, (_, seq) => slotKey(chain("account"), seq)));
    expect(carrier.committed("a")).toBe("100-0");
  });
});

test("of many chains in a full buffer, sixteen store a batch at once, and one that hangs keeps no other waiting", async () => {
  const scheduler = createScheduler(0);
  const [carrier, store] = [createMemoryCarrier(scheduler.clock), createMemoryStore()];
  const tables = Array.from({ length: 80 }, (_, number) => `t${number}`);
  const hanging = new Set(tables.slice(0, 20));
  for (const table of tables) carrier.append(table, "1-0", sampleChange(1, { table }), [new Uint8Array(1_000)]);
  const underWay = new Set<string>();
  const slow: ObjectStore = {
    ...store,
    async create(key, bytes) {
      underWay.add(key);
      if (hanging.has(key.split("/")[1] ?? "")) await new Promise(() => {});
      await scheduler.clock.sleep(10);
      underWay.delete(key);
      await store.create(key, bytes);
    },
  };
  const policy = { batchSize: 1_000, batchTimeoutMs: 3_600_000, forceBatchAfterMs: 3_600_000 };
  const ports = { source: carrier.open(), store: slow, clock: scheduler.clock };
  const stopping = new AbortController();
  const batcher = createBatcher(ports, { ...sampleWriter, policy, maxBufferBytes: 79_500, drainMs: 1_000 });
  let isDone = false;
  const done = batcher.run(stopping.signal).then(() => (isDone = true));
  const heldOf = (): string[] => batcher.status().chains.flatMap(({ chain: { table } }) => table ?? []);
  while (scheduler.now < 900) await scheduler.step();
  expect([heldOf().length, underWay.size]).toEqual([80, 16]);
  while (heldOf().length > hanging.size && scheduler.now < 10_000) await scheduler.step();
  expect(heldOf()).toEqual([...hanging]);
  stopping.abort();
  while (!isDone) await scheduler.step();
  await done;
});

test("of many chains, eight are opened at once", async () => {
  const scheduler = createScheduler(0);
  const [carrier, store] = [createMemoryCarrier(scheduler.clock), createMemoryStore()];
  const tables = Array.from({ length: 30 }, (_, number) => `t${number}`);
  const appendAll = (id: number): void => {
    for (const table of tables) carrier.append(table, `${id}-0`, sampleChange(id, { table }));
  };
  let [underWay, most] = [0, 0];
  const slow: ObjectStore = {
    ...store,
    async get(key) {
      underWay += 1;
      most = Math.max(most, underWay);
      await scheduler.clock.sleep(10);
      underWay -= 1;
      return store.get(key);
    },
  };
  for (const id of [1, 2]) {
    appendAll(id);
    most = 0;
    let isDone = false;
    const ports = { source: carrier.open(), store: slow, clock: scheduler.clock };
    void createBatcher(ports, sampleWriter)
      .runOnce()
      .then(() => (isDone = true));
    while (!isDone) await scheduler.step();
    expect(most).toBe(8);
  }
  expect(tables.map(carrier.committed)).toEqual(tables.map(() => "2-0"));
});

describe("runOnce", () => {
  test("records all there is, of every table, and ends", async () => {
    const world = createWorld();
    for (const [table, count] of [
      ["a", 3],
      ["b", 1200],
    ] as const)
      world.append(table, count);
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect([await world.counts("a"), await world.counts("b")]).toEqual([[3], [1000, 200]]);
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["3-0", "1200-0"]);
    expect(world.batcher.status().isRunning).toBe(false);
  });

  test("of nothing ends without a trace", async () => {
    const world = createWorld();
    const begin = world.now;
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect([world.now - begin, world.store.keys(), world.events]).toEqual([0, [], []]);
  });

  test("goes on where the last ended, and records nothing twice", async () => {
    const world = createWorld();
    for (const count of [2, 3, 0]) {
      world.append("a", count);
      expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    }
    expect(await world.counts("a")).toEqual([2, 3]);
  });

  test("waits for a source that is away, without asking on and on, and records what it has then", async () => {
    let pulls = 0;
    const world = createWorld({}, (source) => ({
      generation: 0,
      get isAway() {
        return source.isAway === true;
      },
      commit: source.commit,
      pull: (options) => {
        pulls += 1;
        return source.pull(options);
      },
    }));
    world.append("a", 3);
    world.carrier.setAway(true);
    const done = world.batcher.runOnce();
    await world.pass(10_000);
    expect(pulls).toBeGreaterThan(5);
    expect(pulls).toBeLessThan(20);
    world.carrier.setAway(false);
    expect(await world.outcome(done)).toBeUndefined();
    expect(world.carrier.committed("a")).toBe("3-0");
  });

  test("waits while a stream is paused, instead of asking on and on", async () => {
    let pulls = 0;
    const world = createWorld({ policy: { batchSize: 10 }, maxBufferBytes: 50_000 }, (source) => ({
      generation: 0,
      commit: source.commit,
      pull: (options) => {
        pulls += 1;
        return source.pull(options);
      },
    }));
    world.append("a", 100);
    world.away.add("erp/a/");
    const done = world.batcher.runOnce();
    await world.pass(10_000);
    expect(pulls).toBeLessThan(300);
    world.away.clear();
    expect(await world.outcome(done)).toBeUndefined();
    expect(world.carrier.committed("a")).toBe("100-0");
  });
});

describe("the time to finish", () => {
  const drainMs = 1_000;

  test("is not that of a single run that nobody asked to stop: it stores what it has read, however long that takes", async () => {
    const world = createWorld({ policy: { batchSize: 10 }, drainMs });
    world.append("a", 30);
    world.away.add("erp/");
    const done = world.batcher.runOnce();
    await world.pass(60_000);
    world.away.clear();
    expect(await world.outcome(done)).toBeUndefined();
    expect(ofType(world, "drain-cut")).toEqual([]);
    expect(world.carrier.committed("a")).toBe("30-0");
  });

  test("is that of one that is asked to stop while it stores", async () => {
    const world = createWorld({ drainMs });
    world.append("a", 3);
    world.away.add("erp/");
    const stop = new AbortController();
    const done = world.batcher.runOnce(stop.signal);
    await world.pass(10_000);
    stop.abort();
    const stopped = world.now;
    expect(await world.outcome(done)).toBeUndefined();
    expect(world.now - stopped).toBe(drainMs);
    expect(ofType(world, "drain-cut")).toEqual([{ type: "drain-cut", changes: 3 }]);
  });
});

describe("status", () => {
  test("of a batcher that does not run holds nothing", () => {
    expect(createWorld().batcher.status()).toEqual({ isRunning: false, changes: 0, bytes: 0, chains: [] });
  });

  test("tells what is held, by chain, until it is committed", async () => {
    const world = createWorld();
    const { stop } = start(world);
    world.append("a", 2);
    world.append("b", 1);
    await world.until(() => world.batcher.status().changes === 3);
    const { isRunning, bytes, chains } = world.batcher.status();
    expect(isRunning).toBe(true);
    expect(chains.map(({ chain: { table }, changes, refusal }) => [table, changes, refusal])).toEqual([
      ["a", 2, undefined],
      ["b", 1, undefined],
    ]);
    const sizes = ["a", "b"].flatMap((table) =>
      world.carrier.entries(table).map(({ fields: [field] }) => field?.length ?? 0),
    );
    expect(bytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(bytes).toBe(chains.reduce((sum, each) => sum + each.bytes, 0));
    const flushed = world.batcher.flush();
    expect(await world.outcome(flushed)).toBeUndefined();
    expect(world.batcher.status()).toEqual({ isRunning: true, changes: 0, bytes: 0, chains: [] });
    expect(await stop()).toBeUndefined();
    expect(world.batcher.status().isRunning).toBe(false);
  });

  test("counts the documents that a batch is sealed into", async () => {
    const world = createWorld({ policy: { batchSize: 2 } });
    const { stop } = start(world);
    world.away.add("erp/a/");
    world.append("a", 2);
    await world.until(() => ofType(world, "store-waiting").length > 0);
    const [data] = world.batcher.status().chains;
    const received = world.carrier.entries("a").reduce((sum, { fields: [field] }) => sum + (field?.length ?? 0), 0);
    expect(data?.bytes).toBeGreaterThan(2 * received);
    world.away.clear();
    expect(await stop()).toBeUndefined();
  });
});

describe("flush", () => {
  test("of a batcher that does not run resolves", async () => {
    expect(await createWorld().batcher.flush()).toBeUndefined();
  });

  test("closes open batches, and resolves once what they held is committed", async () => {
    const world = createWorld();
    const { stop } = start(world);
    world.append("a", 2);
    world.append("b", 1);
    await world.until(() => world.batcher.status().changes === 3);
    expect(world.store.keys()).toEqual([]);
    const begin = world.now;
    expect(await world.outcome(world.batcher.flush())).toBeUndefined();
    expect(world.now - begin).toBeLessThan(1_000);
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["2-0", "1-0"]);
    expect([await world.counts("a"), await world.counts("b")]).toEqual([[2], [1]]);
    expect(await stop()).toBeUndefined();
  });

  test("rejects with STEPPED_BACK where what it waits for comes again; that is recorded once", async () => {
    const world = createWorld();
    const { stop } = start(world);
    world.append("a", 2);
    await world.until(() => world.batcher.status().changes === 2);
    world.source.stepBack();
    expect(await world.outcome(world.batcher.flush())).toBe("STEPPED_BACK");
    expect(await stop()).toBeUndefined();
    expect((await world.counts("a")).reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(world.carrier.committed("a")).toBe("2-0");
  });

  test("rejects with what its chain refuses", async () => {
    const world = await withLostSlot();
    const { stop } = start(world);
    world.append("a", 1);
    await world.until(() => world.batcher.status().changes === 1);
    expect(await world.outcome(world.batcher.flush())).toBe("SLOT_MISSING");
    expect(await stop()).toBe("SLOT_MISSING");
  });

  test("rejects with CUT_SHORT where the run ends first", async () => {
    const world = createWorld({ drainMs: 100 });
    const { stop } = start(world);
    world.away.add("erp/");
    world.append("a", 1);
    await world.until(() => world.batcher.status().changes === 1);
    const flushed = world.batcher.flush();
    flushed.catch(() => undefined);
    expect(await stop()).toBeUndefined();
    expect(await world.outcome(flushed)).toBe("CUT_SHORT");
  });
});

/** A world in which table a has two slots, of which the first is lost. */
async function withLostSlot(...how: Parameters<typeof createWorld>): Promise<World> {
  const world = createWorld(...how);
  for (const _ of [0, 1]) {
    world.append("a", 1);
    await world.outcome(world.batcher.runOnce());
  }
  world.events.length = 0;
  const slot = slotKey(chain("a"), 0);
  lostSlot.set(world, (await world.store.get(slot)) ?? new Uint8Array());
  world.store.lose(slot);
  return world;
}

const lostSlot = new WeakMap<World, Uint8Array>();
const restoreSlot = (world: World): Promise<void> =>
  world.store.create(slotKey(chain("a"), 0), lostSlot.get(world) ?? new Uint8Array());

describe("a chain that is refused", () => {
  test("is reported, and holds up no other", async () => {
    const world = await withLostSlot({ policy: { batchSize: 1 } });
    const { stop } = start(world);
    world.append("a", 2);
    world.append("b", 3);
    await world.until(() => world.carrier.committed("b") === "3-0");
    expect(ofType(world, "chain-refused")[0]).toMatchObject({ chain: chain("a"), code: "SLOT_MISSING" });
    expect(world.batcher.status().chains).toMatchObject([{ chain: chain("a"), changes: 2, refusal: "SLOT_MISSING" }]);
    expect(await world.counts("b")).toEqual([1, 1, 1]);
    expect(world.carrier.committed("a")).toBe("2-0");
    expect(await stop()).toBe("SLOT_MISSING");
  });

  test("is tried again, less and less often, and written again once it can be", async () => {
    const world = await withLostSlot({ policy: { batchSize: 1 } });
    const { stop } = start(world);
    world.append("a", 2);
    await world.pass(60_000);
    const refused = ofType(world, "chain-refused");
    expect(refused.length).toBeGreaterThan(5);
    expect(refused.length).toBeLessThan(20);
    const waits = refused.map(({ retryInMs }) => retryInMs);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(30_000);
    expect(waits.at(-1)).toBeGreaterThan(10 * (waits[0] ?? 0));

    await restoreSlot(world);
    await world.until(() => world.carrier.committed("a") === "4-0");
    expect(ofType(world, "chain-back")).toEqual([{ type: "chain-back", chain: chain("a") }]);
    expect(world.batcher.status().chains).toEqual([]);
    expect(await world.counts("a")).toEqual([1, 1, 1, 1]);
    expect(await stop()).toBeUndefined();
  });

  test("that is mended before the end is tried once more in the drain: the run resolves", async () => {
    const world = await withLostSlot();
    const { stop } = start(world);
    world.append("a", 1);
    await world.until(() => ofType(world, "chain-refused").length > 8);
    await restoreSlot(world);
    expect(await stop()).toBeUndefined();
    expect(await world.counts("a")).toEqual([1, 1, 1]);
  });

  test("is why the run rejects, also when the drain ends before it would be tried again", async () => {
    const world = await withLostSlot({ drainMs: 1_000 }, (source, clock) => ({
      generation: 0,
      commit: source.commit,
      // So the chain is tried, and refused, before the drain asks for it.
      pull: async (options) => {
        const deliveries = await source.pull(options);
        await clock.sleep(100);
        return deliveries;
      },
    }));
    const { stop } = start(world);
    world.append("a", 1);
    await world.until(() => ofType(world, "chain-refused").length > 8);
    expect(await stop()).toBe("SLOT_MISSING");
  });

  test("is no longer, once another writer has recorded what was held", async () => {
    const world = await withLostSlot();
    const { stop } = start(world);
    world.append("a", 1);
    await world.until(() => ofType(world, "chain-refused").length > 0);
    await restoreSlot(world);
    const { store, clock } = world;
    const other = createBatcher({ source: world.carrier.open(), store, clock }, sampleWriter);
    expect(await world.outcome(other.runOnce())).toBeUndefined();
    await world.until(() => world.batcher.status().changes === 0);
    await world.pass(1_000);
    expect(world.batcher.status().chains).toEqual([]);
    expect(ofType(world, "chain-back")).toHaveLength(1);
    expect(await world.counts("a")).toEqual([1, 1, 1]);
    expect(await stop()).toBeUndefined();
  });

  test("is why runOnce rejects, once the others are stored", async () => {
    const world = await withLostSlot();
    world.append("a", 1);
    world.append("b", 1);
    const done = world.batcher.runOnce();
    expect(await world.outcome(done)).toBe("SLOT_MISSING");
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["2-0", "1-0"]);
  });
});

describe("a chain that is refused, and holds more than its share", () => {
  const options = { policy: { batchSize: 10 }, maxBufferBytes: 50_000, drainMs: 1_000 };

  test("is why runOnce rejects, once the others are stored", async () => {
    const world = await withLostSlot(options);
    world.append("a", 200);
    world.append("b", 200);
    expect(await world.outcome(world.batcher.runOnce())).toBe("SLOT_MISSING");
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["2-0", "200-0"]);
  });

  test("stops no other with a change as large as the buffer, and takes no more of it", async () => {
    const world = await withLostSlot({ ...options, maxBufferBytes: 1_000 });
    world.carrier.append("a", "9-0", sampleChange(9, { table: "a" }), [new Uint8Array(2_000)]);
    const { stop } = start(world);
    await world.until(() => ofType(world, "reading-resumed").length > 0);
    world.append("b", 20);
    await world.until(() => world.carrier.committed("b") === "20-0");
    const most = Math.max(...ofType(world, "reading-paused").map(({ bytes }) => bytes));
    expect(most).toBeLessThan(3_000);
    expect(await stop()).toBe("SLOT_MISSING");
    world.append("b", 5);
    expect(await world.outcome(world.batcher.runOnce())).toBe("SLOT_MISSING");
    expect(world.carrier.committed("b")).toBe("25-0");
  });

  test("is why runOnce rejects though it comes back in the end: not everything was read", async () => {
    const world = await withLostSlot(options);
    world.append("a", 200);
    world.append("b", 3);
    const done = world.batcher.runOnce();
    await world.until(() => ofType(world, "chain-refused").length > 0);
    await restoreSlot(world);
    expect(await world.outcome(done)).toBe("SLOT_MISSING");
    expect(world.carrier.committed("a")).not.toBe("202-0");
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(["a", "b"].map(world.carrier.committed)).toEqual(["202-0", "3-0"]);
    expect((await world.counts("a")).reduce((sum, count) => sum + count, 0)).toBe(202);
  });
});

describe("a table that the store does not take", () => {
  const maxBufferBytes = 200_000;
  const options = { policy: { batchSize: 10, batchTimeoutMs: 100 }, maxBufferBytes, drainMs: 5_000 };

  test(
    "takes no more than its share of the buffer while others go on, and ends the drain at its deadline",
    { timeout: 30_000 },
    async () => {
      const world = createWorld(options);
      world.away.add("erp/a/");
      const { stop } = start(world);
      let most = 0;
      for (let turn = 1; turn <= 60; turn += 1) {
        world.append("a", 50);
        world.append("b", 50);
        await world.pass(1_000);
        most = Math.max(most, world.batcher.status().bytes);
        expect(world.carrier.committed("b")).toBe(`${turn * 50}-0`);
      }
      expect(most).toBeLessThanOrEqual(maxBufferBytes);
      expect(most).toBeGreaterThan(maxBufferBytes / 3);
      const held = world.batcher.status().changes;
      const stopped = world.now;
      // No refusal: it may come back any moment.
      expect(await stop()).toBeUndefined();
      expect(world.now - stopped).toBe(5_000);
      expect(ofType(world, "drain-cut")).toEqual([{ type: "drain-cut", changes: held }]);
      expect(world.carrier.committed("a")).toBeUndefined();
      expect(await world.counts("a")).toEqual([]);
    },
  );

  test("loses nothing: another process records all of it, once", async () => {
    const world = createWorld(options);
    world.away.add("erp/a/");
    const { stop } = start(world);
    world.append("a", 500);
    await world.pass(10_000);
    await stop();
    world.away.clear();
    const source = world.carrier.open();
    const next = createBatcher({ source, store: world.store, clock: world.clock }, sampleWriter);
    expect(await world.outcome(next.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([500]);
    expect(world.carrier.committed("a")).toBe("500-0");
  });

  test("does not keep another's batch open when the buffer is full", async () => {
    const world = createWorld({ policy: { batchSize: 10, batchTimeoutMs: 2_000 }, maxBufferBytes: 16_000 });
    const { stop } = start(world);
    for (const table of ["b", "a"]) world.append(table, 1);
    await world.until(() => ["a", "b"].every((table) => world.carrier.committed(table) === "1-0"));
    world.away.add("erp/a/");
    // When the change of b is looked at there is room; then the documents of a's batch fill the buffer.
    world.append("b", 1);
    world.append("a", 10);
    await world.until(() => ofType(world, "reading-paused").length > 0);
    await world.pass(10_000);
    expect(world.carrier.committed("b")).toBe("2-0");
    world.away.clear();
    expect(await stop()).toBeUndefined();
  });
});

describe("the whole store away", () => {
  test("says since when, and stores everything once when it is back", async () => {
    const world = createWorld({ policy: { batchSize: 10, batchTimeoutMs: 100 } });
    world.away.add("");
    const { stop } = start(world);
    world.append("a", 25);
    world.append("b", 5);
    await world.pass(60_000);
    expect(world.carrier.committed("a")).toBeUndefined();
    const waiting = ofType(world, "store-waiting");
    expect(waiting[0]).toMatchObject({ code: "UNAVAILABLE", sinceMs: 1 });
    expect(Math.max(...waiting.map(({ sinceMs }) => sinceMs))).toBeGreaterThan(30_000);
    expect(ofType(world, "store-back")).toEqual([]);

    world.away.clear();
    await world.until(() => world.carrier.committed("a") === "25-0" && world.carrier.committed("b") === "5-0");
    expect(ofType(world, "store-back")[0]?.afterMs).toBeGreaterThan(59_000);
    expect([await world.counts("a"), await world.counts("b")]).toEqual([[10, 10, 5], [5]]);
    expect(ofType(world, "redeliveries-dropped")).toEqual([]);
    expect(await stop()).toBeUndefined();
  });
});

describe("a run after one that was cut or refused, on the same source", () => {
  const cutRun = async (world: World): Promise<void> => {
    world.away.add("erp/");
    const { stop } = start(world);
    world.append("a", 25);
    await world.until(() => world.batcher.status().chains[0]?.changes === 25);
    await world.pass(1_000);
    expect(await stop()).toBeUndefined();
    world.away.clear();
  };
  const options = { policy: { batchSize: 10 }, drainMs: 1_000 };

  test("goes on with what that held, and records it once, in order", async () => {
    const world = createWorld(options);
    await cutRun(world);
    world.append("a", 10);
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([10, 10, 10, 5]);
    expect(world.carrier.committed("a")).toBe("35-0");
    expect(world.batcher.status()).toMatchObject({ changes: 0, bytes: 0, chains: [] });
  });

  test("is what its status and a flush tell of until then", async () => {
    const world = createWorld(options);
    await cutRun(world);
    expect(world.batcher.status()).toMatchObject({ isRunning: false, changes: 25 });
    expect(await world.outcome(world.batcher.flush())).toBe("CUT_SHORT");
  });

  test("finds what has a slot already, and tells the source", async () => {
    const world = createWorld(options);
    await cutRun(world);
    // Another process may have been at it, or a slot that was on its way.
    const other = createBatcher(
      { source: world.carrier.open(), store: world.store, clock: world.clock },
      { ...sampleWriter, policy: { batchSize: 10 } },
    );
    expect(await world.outcome(other.runOnce())).toBeUndefined();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([10, 10, 5]);
    expect(ofType(world, "redeliveries-dropped")).toMatchObject([{ count: 25 }]);
  });

  test("drops what the source stepped back from meanwhile: it comes again", async () => {
    const world = createWorld(options);
    await cutRun(world);
    world.source.stepBack();
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([10, 10, 5]);
    expect(world.carrier.committed("a")).toBe("25-0");
  });

  test("records what a chain refused, once it can be written", async () => {
    const world = await withLostSlot();
    world.append("a", 3);
    expect(await world.outcome(world.batcher.runOnce())).toBe("SLOT_MISSING");
    expect(world.batcher.status().chains).toMatchObject([{ chain: chain("a"), changes: 3, refusal: "SLOT_MISSING" }]);
    await restoreSlot(world);
    expect(await world.outcome(world.batcher.runOnce())).toBeUndefined();
    expect(await world.counts("a")).toEqual([1, 1, 3]);
  });

  test("gets what a pull gives that was not waited for", async () => {
    const late = Promise.withResolvers<void>();
    let pulls = 0;
    const world = createWorld({ drainMs: 1_000 }, (source) => ({
      generation: 0,
      commit: source.commit,
      async pull(pull) {
        const isFirst = (pulls += 1) === 1;
        const deliveries = await source.pull(pull);
        if (isFirst) await late.promise;
        return deliveries;
      },
    }));
    world.append("a", 2);
    const { stop } = start(world);
    await world.pass(1_000);
    expect(await stop()).toBeUndefined();
    const done = world.batcher.runOnce();
    await world.pass(1_000);
    // A source is asked again only once it has answered.
    expect(pulls).toBe(1);
    late.resolve();
    expect(await world.outcome(done)).toBeUndefined();
    expect(await world.counts("a")).toEqual([2]);
  });
});

describe("a source whose pull never ends", () => {
  test("takes half of the time to finish, and leaves the rest for storing", async () => {
    let pulls = 0;
    const world = createWorld({ drainMs: 5_000 }, (source) => ({
      generation: 0,
      commit: source.commit,
      pull: (options) => ((pulls += 1) === 1 ? source.pull(options) : new Promise(() => {})),
    }));
    world.append("a", 2);
    const { stop } = start(world);
    await world.until(() => pulls === 2);
    const stopped = world.now;
    expect(await stop()).toBeUndefined();
    expect(world.now - stopped).toBeGreaterThanOrEqual(2_500);
    expect(world.now - stopped).toBeLessThan(2_600);
    expect(ofType(world, "drain-cut")).toEqual([]);
    expect(world.carrier.committed("a")).toBe("2-0");
  });
});
