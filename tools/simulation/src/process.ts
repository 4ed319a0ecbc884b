import { createBatcher } from "@etrap/batcher";
import { sampleWriter } from "@etrap/batcher/testing";
import { createFaultyAnchor, createFaultySource, createFaultyStore } from "./faulty-ports.ts";
import type { Call } from "./faulty-ports.ts";
import type { World } from "./world.ts";

/** One process that runs a batcher. */
export interface Process {
  /** The reason why it ended. Undefined while it runs. */
  readonly end: string | undefined;
  /** Asks it to stop, as SIGTERM does. */
  stop(): void;
  /** Makes its source step back, as a new connection does. */
  stepBack(): void;
  /** Ends it at once, as SIGKILL does. Calls that were sent may still have their effect. */
  kill(): void;
}

const LONGEST_LATENCY_MS = 8;

/** The identity and state of a process. */
interface ProcessState {
  readonly name: string;
  end: string | undefined;
}

/** Starts a process. Each of its calls takes time, and may have a fault by the world's plan. */
export function startProcess(world: World, name: string): Process {
  const { scheduler, scenario, carrier, random } = world;
  const stopping = new AbortController();
  const source = carrier.open();
  const state: ProcessState = { name, end: undefined };
  const call = createCall(world, state);
  const { policy, maxBufferBytes, drainMs, anchorPolicy } = scenario;
  const batcher = createBatcher(
    {
      source: createFaultySource(world, call, { source, stopping: stopping.signal }),
      store: createFaultyStore(world, call),
      ...(anchorPolicy && { anchor: createFaultyAnchor(world, call) }),
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
        if (state.end === undefined) world.events.push(event);
      },
    },
  );
  batcher.run(stopping.signal).then(
    () => (state.end ??= "stopped"),
    (error: unknown) => (state.end ??= String(error)),
  );
  return {
    get end() {
      return state.end;
    },
    stop: () => stopping.abort(),
    stepBack: () => source.stepBack(),
    kill: () => kill(state),
  };
}

function kill(state: ProcessState): void {
  state.end ??= "killed";
}

/** Returns the function by which a process makes its calls. */
function createCall(world: World, state: ProcessState): Call {
  const { scheduler, random, trace } = world;
  const never = <T>(): Promise<T> => new Promise<T>(() => {});
  const latency = (): Promise<void> => scheduler.after(random.below(LONGEST_LATENCY_MS));

  return async ({ port, what, effect, fail, away = fail }) => {
    if (state.end !== undefined) return never();
    const number = (world.calls += 1);
    const fault = world.faults.faultOf(number, port);
    const shownFault = fault === undefined ? "" : ` ${fault.outcome} ${fault.applied}`;
    trace.push(`${scheduler.now} ${state.name} ${number} ${what}${shownFault}`);
    if (!world.turns.called()) {
      // Such a process sees no signal either. Only here can it be ended.
      world.watch.violations.push(`liveness: the event loop did not turn until ${what}`);
      kill(state);
      return never();
    }
    if (fault?.outcome === "rush") return fault.applied ? effect() : away();
    await latency();
    // The process may have ended since. What it sent may still arrive.
    if (state.end !== undefined && random.chance(0.5)) return never();
    const isApplied = fault === undefined || fault.applied;
    const outcome = isApplied ? effect() : undefined;
    outcome?.catch(() => undefined);
    if (fault?.outcome === "crash") kill(state);
    await latency();
    if (state.end !== undefined || fault?.outcome === "hang") return never();
    return fault === undefined && outcome !== undefined ? outcome : fail();
  };
}
