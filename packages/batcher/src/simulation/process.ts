import { createBatcher } from "../batcher.ts";
import type { BatcherEvent } from "../events.ts";
import type { Anchor, ChangeSource, ObjectStore } from "../ports.ts";
import { MemoryAnchorError } from "../testing/memory-anchor.ts";
import type { MemoryAnchor } from "../testing/memory-anchor.ts";
import type { MemoryCarrier } from "../testing/memory-source.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import { MemoryStoreError } from "../testing/memory-store.ts";
import { sampleWriter } from "../testing/sample-writer.ts";
import type { FaultPlan } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { Scheduler } from "./scheduler.ts";
import type { RecordWatch } from "./watch-record.ts";

/** What every process of one simulation shares. */
export interface World {
  readonly scheduler: Scheduler;
  readonly scenario: Scenario;
  readonly carrier: MemoryCarrier;
  readonly store: MemoryStore;
  readonly anchor: MemoryAnchor;
  readonly watch: RecordWatch;
  readonly random: Random;
  /** Which calls go wrong; none any more once it is calm. */
  faults: FaultPlan;
  /** Calls to the world so far. */
  calls: number;
  readonly trace: string[];
  readonly events: BatcherEvent[];
}

/** One process with a batcher in it. */
export interface Process {
  /** Why it has ended; undefined while it runs. */
  readonly end: string | undefined;
  /** Asks it to stop, as SIGTERM does. */
  stop(): void;
  /** Makes its source step back, as a new connection does. */
  stepBack(): void;
  /** Ends it at once, as SIGKILL does. What it had sent may still arrive. */
  kill(): void;
}

const LONGEST_LATENCY_MS = 8;

/** Starts a process. Everything it asks of the world takes time, and may go wrong by the world's plan. */
export function startProcess(world: World, name: string): Process {
  const { scheduler, scenario, carrier, store, anchor, watch, random, trace } = world;
  const stopping = new AbortController();
  const stopped = new Promise<never[]>((resolve) => stopping.signal.addEventListener("abort", () => resolve([])));
  const source = carrier.open();
  let end: string | undefined;

  const kill = (): void => {
    end ??= "killed";
  };
  const never = <T>(): Promise<T> => new Promise<T>(() => {});
  const latency = (): Promise<void> => scheduler.after(random.below(LONGEST_LATENCY_MS));

  /** One call: the way there, its effect, the way back. `fail` is what the caller gets where it goes wrong. */
  const call = async <T>(what: string, effect: () => Promise<T>, fail: () => Promise<T>): Promise<T> => {
    if (end !== undefined) return never();
    const number = (world.calls += 1);
    const fault = world.faults.faultOf(number);
    trace.push(
      `${scheduler.now} ${name} ${number} ${what}${fault === undefined ? "" : ` ${fault.outcome} ${fault.applied}`}`,
    );
    await latency();
    // Ended since: what was sent may be on the wire, and arrive.
    if (end !== undefined && random.chance(0.5)) return never();
    const isApplied = fault === undefined || fault.applied;
    const outcome = isApplied ? effect() : undefined;
    outcome?.catch(() => undefined);
    if (fault?.outcome === "crash") kill();
    await latency();
    if (end !== undefined || fault?.outcome === "hang") return never();
    return fault === undefined && outcome !== undefined ? outcome : fail();
  };

  const isOut = (key: string): boolean =>
    scenario.outages.some(
      ({ from, to, prefix }) => from <= scheduler.now && scheduler.now < to && key.startsWith(prefix),
    );
  const away = async (): Promise<never> => {
    throw new MemoryStoreError("UNAVAILABLE", "planned");
  };
  const unknown = async (): Promise<never> => {
    throw new MemoryStoreError("OUTCOME_UNKNOWN", "planned");
  };

  const faultyStore: ObjectStore = {
    get: (key) => call(`get ${key}`, () => (isOut(key) ? away() : store.get(key)), away),
    create: (key, bytes) =>
      call(
        `create ${key}`,
        async () => {
          if (isOut(key)) return away();
          await store.create(key, bytes);
          await watch.created(key, bytes);
        },
        unknown,
      ),
    async *list(prefix, after) {
      const list = async (): Promise<string[]> => {
        const keys: string[] = [];
        for await (const key of store.list(prefix, after)) keys.push(key);
        return isOut(prefix) ? away() : keys;
      };
      yield* await call(`list ${prefix}`, list, away);
    },
  };
  const faultySource: ChangeSource = {
    get generation() {
      return source.generation;
    },
    pull: (options) =>
      Promise.race([
        call(
          "pull",
          () => source.pull(options),
          async () => {
            // The reply is lost, so the source does not know what it gave.
            source.stepBack();
            return [];
          },
        ),
        stopped,
      ]),
    commit: (deliveries) =>
      call(
        `commit ${deliveries.map(({ position }) => position.id).join()}`,
        async () => {
          watch.committing(deliveries);
          await source.commit(deliveries);
        },
        async () => undefined,
      ),
  };

  const noAnswer = async (): Promise<never> => {
    throw new MemoryAnchorError("OUTCOME_UNKNOWN", "planned");
  };
  const faultyAnchor: Anchor = {
    publish: (publications, signal) =>
      Promise.race([
        call(
          `publish ${publications.map(({ header }) => `${header.table} ${header.seq}`).join()}`,
          () => anchor.publish(publications, new AbortController().signal),
          noAnswer,
        ),
        new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(new MemoryAnchorError("OUTCOME_UNKNOWN", "cut off"))),
        ),
      ]),
    find: (header) => call("find", () => anchor.find(header), noAnswer),
    chainHead: (chain) => call(`head ${chain.table}`, () => anchor.chainHead(chain), noAnswer),
  };

  const { policy, maxBufferBytes, drainMs, anchorPolicy } = scenario;
  const batcher = createBatcher(
    {
      source: faultySource,
      store: faultyStore,
      ...(anchorPolicy && { anchor: faultyAnchor }),
      clock: scheduler.clock,
      randomBytes: (length) => random.bytes(length),
    },
    {
      ...sampleWriter,
      agent: name,
      policy,
      maxBufferBytes,
      drainMs,
      ...(anchorPolicy && { anchorPolicy }),
      onEvent: (event) => {
        if (end === undefined) world.events.push(event);
      },
    },
  );
  batcher.run(stopping.signal).then(
    () => (end ??= "stopped"),
    (error: unknown) => (end ??= String(error)),
  );
  return {
    get end() {
      return end;
    },
    stop: () => stopping.abort(),
    stepBack: () => source.stepBack(),
    kill,
  };
}
