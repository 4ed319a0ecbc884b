import { chainFolder, parseChainFolder, parseSlotKey, repairChain } from "@etrap/ledger";
import { createMemoryAnchor, createMemoryCarrier, createScheduler } from "@etrap/batcher/testing";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { randomFaults } from "./faults.ts";
import type { FaultPlan } from "./faults.ts";
import { startProcess } from "./process.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";
import { createRandom } from "./random.ts";
import type { Random } from "./random.ts";
import { createScenario } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import { watchLedger } from "./watch-ledger.ts";
import type { Anchored } from "./watch-ledger.ts";
import { watchTurns } from "./watch-turns.ts";

/** Options of `simulate`. The same options give the same simulation, step by step. */
export interface SimulationOptions {
  readonly seed: number;
  /** Decides which calls fail. Default: a random plan. */
  readonly faults?: FaultPlan;
  /** Members that replace those of the random scenario. */
  readonly scenario?: Partial<Scenario>;
  /** Whether processes are stopped, killed and started at random times. Default: true. */
  readonly restarts?: boolean;
}

/** The result of a simulation. */
export interface Simulation {
  /** The invariants that did not hold. Empty where all did. */
  readonly violations: readonly string[];
  /** Every call of every process: its time, process, number, name and fault. */
  readonly trace: readonly string[];
  /** The number of events of each type. */
  readonly events: ReadonlyMap<string, number>;
}

/** The time at which a simulation starts, in 2025. */
const START = 1_749_855_000_000;
/** The virtual time in which the last processes must finish, with nothing in their way. */
const LONGEST_REST_MS = 300_000;

/**
 * Runs batchers on a simulated clock, source, store and anchor. Each call takes time and may crash
 * the process, fail or hang, with or without its effect. In the end, when no call fails any more,
 * everything must be recorded in a ledger that keeps the invariants.
 */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const { seed, restarts = true } = options;
  const random = createRandom(seed);
  const scenario = { ...createScenario(random.fork("scenario")), ...options.scenario };
  const faults = options.faults ?? randomFaults(random.fork("faults"), random.pick([0, 0.01, 0.03, 0.1]));
  const scheduler = createScheduler(START);
  const store = createMemoryStore();
  const anchor = createMemoryAnchor();
  const watch = watchLedger(store);
  const world: World = {
    scheduler,
    scenario: {
      ...scenario,
      outages: scenario.outages.map((outage) => ({ ...outage, from: START + outage.from, to: START + outage.to })),
    },
    carrier: createMemoryCarrier(scheduler.clock),
    store,
    anchor,
    watch,
    turns: watchTurns(),
    random: random.fork("world"),
    faults,
    calls: 0,
    trace: [],
    events: [],
  };
  for (const { at, apply } of scenario.incidents) scheduler.at(START + at, () => apply(world.carrier, store));

  await runUntilCalm(world, random.fork("restarts"), restarts);
  world.faults = { faultOf: () => undefined };
  const unrepaired = await repairAll(store);
  const isAtRest = await comeToRest(world);
  await watch.atRest(world.carrier, scenario.streams, anchoredOf(world));
  return {
    violations: [...watch.violations, ...unrepaired, ...(isAtRest ? [] : ["liveness: not everything came to rest"])],
    trace: world.trace,
    events: new Map(
      Array.from(
        Map.groupBy(world.events, ({ type }) => type),
        ([type, all]) => [type, all.length],
      ),
    ),
  };
}

/**
 * Keeps as many processes running as there are writers, until all is calm. Each ends at a random
 * time.
 */
async function runUntilCalm(world: World, random: Random, restarts: boolean): Promise<void> {
  const { scheduler, scenario } = world;
  const calmAt = START + scenario.calmAt;
  let started = 0;
  const start = (): Process => {
    started += 1;
    const process = startProcess(world, `p${started}`);
    const end = random.chance(0.5) ? process.stop : process.kill;
    if (restarts) scheduler.at(scheduler.now + 50 + random.below(1_500), end);
    return process;
  };
  const processes = Array.from({ length: scenario.writers }, start);
  scheduler.at(calmAt, () => undefined);
  while (scheduler.now < calmAt && (await scheduler.step())) {
    for (const [index, process] of processes.entries()) if (process.end !== undefined) processes[index] = start();
  }
  for (const { kill } of processes) kill();
}

/** Restores the slots that the store lost, as an operator would. Returns the failures. */
async function repairAll(store: MemoryStore): Promise<string[]> {
  const folders = new Set(store.keys().flatMap((key) => parseSlotKey(key)?.folder ?? []));
  const failures: string[] = [];
  for (const chain of Array.from(folders, parseChainFolder)) {
    if (chain === undefined) continue;
    try {
      for await (const _ of repairChain(store, chain)) continue;
    } catch (error) {
      failures.push(`I2: ${String(error)}`);
    }
  }
  return failures;
}

/** Lets new processes finish the work. Returns whether they did. */
async function comeToRest(world: World): Promise<boolean> {
  const { scheduler, scenario, carrier } = world;
  const processes = Array.from({ length: scenario.writers }, (_, index) => startProcess(world, `last${index}`));
  // The sources step back meanwhile. A batcher that kept its held changes would stop here.
  for (const { stepBack } of processes) scheduler.at(scheduler.now + world.random.below(400), stepBack);
  const isDone = (): boolean =>
    scenario.streams.every((stream) => carrier.committed(stream) === carrier.entries(stream).at(-1)?.id) &&
    isAnchored(world);
  const until = scheduler.now + LONGEST_REST_MS;
  const stepUntil = async (condition: () => boolean): Promise<void> => {
    while (!condition() && scheduler.now < until) await scheduler.step();
  };
  await stepUntil(isDone);
  for (const { stop } of processes) stop();
  await stepUntil(() => processes.every(({ end }) => end !== undefined));
  return isDone() && processes.every(({ end }) => end === "stopped");
}

/** Whether every batch that must have a token has its anchor.json. */
function isAnchored(world: World): boolean {
  const expected = anchoredOf(world);
  if (expected === undefined) return true;
  const keys = world.store.keys();
  const slots = keys.flatMap((key) => parseSlotKey(key) ?? []);
  const anchored = slots.filter(({ folder, seq }) => seq >= expected.firstSeqOf(folder));
  return anchored.length === keys.filter((key) => key.endsWith("/anchor.json")).length;
}

/** Returns what the anchor must hold. Undefined where batches are not anchored. */
function anchoredOf({ scenario: { anchorPolicy }, anchor }: World): Anchored | undefined {
  if (anchorPolicy === undefined) return undefined;
  if (anchorPolicy.anchorFrom === "beginning") return { anchor, firstSeqOf: () => 0 };
  const first = new Map<string, number>();
  for (const { header } of anchor.minted.toReversed()) first.set(chainFolder(header), header.seq);
  return { anchor, firstSeqOf: (folder) => first.get(folder) ?? 0 };
}
