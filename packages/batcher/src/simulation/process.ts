import { createBatcher } from "../batcher.ts";
import { sampleWriter } from "../testing/sample-writer.ts";
import { createFaultyAnchor, createFaultySource, createFaultyStore } from "./faulty-ports.ts";
import type { Call } from "./faulty-ports.ts";
import type { World } from "./world.ts";

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
  const { scheduler, scenario, carrier, random, trace } = world;
  const stopping = new AbortController();
  const source = carrier.open();
  let end: string | undefined;

  const kill = (): void => {
    end ??= "killed";
  };
  const never = <T>(): Promise<T> => new Promise<T>(() => {});
  const latency = (): Promise<void> => scheduler.after(random.below(LONGEST_LATENCY_MS));

  const call: Call = async (what, effect, fail) => {
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
