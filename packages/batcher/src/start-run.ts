import { setMaxListeners } from "node:events";
import pLimit from "p-limit";
import { anchorBatches } from "./anchoring/anchor-loop.ts";
import { createAnchorQueue } from "./anchoring/anchor-queue.ts";
import type { AnchorQueue } from "./anchoring/anchor-queue.ts";
import type { Anchoring } from "./anchoring/anchoring.ts";
import { chainOf } from "./reading/arrival.ts";
import { boundStore } from "./record/bounded-store.ts";
import type { Batching } from "./batching.ts";
import { createChains } from "./record/chains.ts";
import { drain } from "./drain.ts";
import { codeOf } from "./error-code.ts";
import type { BatcherEvent } from "./events.ts";
import type { Intake } from "./reading/intake.ts";
import { keepServing } from "./keep-serving.ts";
import { createLanes } from "./lanes/lanes.ts";
import type { Lanes } from "./lanes/lanes.ts";
import type { CheckedOptions } from "./options.ts";
import type { Anchor, ChangeSource, Clock, ObjectStore } from "./ports.ts";
import type { Held } from "./lanes/pool.ts";
import { read } from "./read.ts";
import type { SealInputs } from "./sealing/seal.ts";
import { systemClock } from "./waiting/system-clock.ts";
import { unlessCut } from "./waiting/unless-cut.ts";

/** What a batcher is made of. */
export interface BatcherPorts {
  readonly source: ChangeSource;
  readonly store: ObjectStore;
  /** Where batches are anchored; without one they are stored only, and one that is given later finds them. */
  readonly anchor?: Anchor;
  readonly clock?: Clock;
  /** A cryptographic generator; the platform's by default. */
  readonly randomBytes?: SealInputs["randomBytes"];
}

/** One run of a batcher. */
export interface BatcherRun {
  readonly lanes: Lanes;
  /** Undefined without an anchor. */
  readonly anchorQueue: AnchorQueue | undefined;
  /** Reads until `signal` is aborted, or with `once` until the source has nothing more; then drains. */
  until(signal: AbortSignal, once: boolean): Promise<void>;
}

/** How long the end of a run waits for the last call to the anchor. */
const LAST_CALL_MS = 5_000;

/** How many chains the anchor is asked for at once before they are written. */
const MAX_HEADS_AT_ONCE = 8;

/** What a run begins with. */
interface Beginning {
  readonly intake: Intake;
  /** What the run before was cut off from storing. */
  readonly held: readonly Held[];
}

/** Puts together what one run uses. */
export function startRun(ports: BatcherPorts, options: CheckedOptions, { intake, held }: Beginning): BatcherRun {
  const { source, clock = systemClock, randomBytes = cryptoRandomBytes } = ports;
  /** `stop`: nothing more is read. `enough`: no pull is waited for. `cut`: nothing is, but for the anchor's last call. */
  const [stop, enough, cut] = [new AbortController(), new AbortController(), new AbortController()];
  /** `overdue`: the time for draining is over. `ended`: so is the run, and nothing of it goes on. */
  const [overdue, ended] = [new AbortController(), new AbortController()];
  // Every lane waits on these, or every call: Node would take so many listeners for a leak.
  setMaxListeners(0, stop.signal, cut.signal, ended.signal);
  const store = boundStore(ports.store, cut.signal);
  const workers: Promise<void>[] = [];
  let fault: { readonly error: unknown } | undefined;

  const endReading = (): void => {
    stop.abort();
    lanes.freed.ring();
  };
  const after = (ms: number, end: () => void): void => {
    void clock.sleep(ms, ended.signal).then(() => {
      if (!ended.signal.aborted) end();
    });
  };
  /** Time is short from now on, not from when reading has ended: a source that hangs leaves half of it for storing. */
  const onAbort = (): void => {
    endReading();
    after(options.drainMs / 2, () => enough.abort());
    after(options.drainMs, () => {
      overdue.abort();
      cutShort();
    });
  };
  const cutShort = (): void => {
    enough.abort();
    cut.abort();
    lanes.ring();
  };
  /** A fault of ours ends the run, whichever loop it is in. */
  const onFault = (error: unknown): void => {
    fault ??= { error };
    endReading();
    cutShort();
  };
  const lanes = createLanes({
    ...options,
    onNew: (lane) => {
      workers.push(keepServing(batching, lane, stop.signal).catch(onFault));
    },
  });
  /** A listener that throws breaks its promise: that is a fault too, and reaches no loop from within. */
  const onEvent = (event: BatcherEvent): void => {
    try {
      options.onEvent(event);
    } catch (error) {
      onFault(error);
    }
  };
  const random = (): number => fractionOf(randomBytes(4));
  const anchoring: Anchoring | undefined = ports.anchor && {
    // Not cut with the lanes: what the last call minted gets its anchor.json.
    store: boundStore(ports.store, ended.signal),
    anchor: ports.anchor,
    clock,
    queue: createAnchorQueue({ policy: options.anchorPolicy, random }),
    onEvent,
    cut: cut.signal,
    database: options.writer.capture.source_name,
  };
  const batching: Batching = {
    ...options,
    onEvent,
    source,
    intake,
    store,
    clock,
    randomBytes,
    random,
    lanes,
    chains: createChains(store),
    headLimit: pLimit(MAX_HEADS_AT_ONCE),
    cut: cut.signal,
    anchoring,
  };

  /** What is recorded may be anchored another day, so this takes no longer than a drain. */
  const anchorOnce = async (once: Anchoring): Promise<void> => {
    after(options.drainMs, cutShort);
    await unlessCut(cut.signal, anchorBatches(once, { once: true })).catch((error: unknown) => {
      if (codeOf(error) !== "CUT_SHORT") throw error;
    });
  };
  /** A call to the anchor may be on its way; one that never ends is left to itself. */
  const lastCall = async (anchored: Promise<void>): Promise<void> => {
    const settled = new AbortController();
    const patience = clock.sleep(LAST_CALL_MS, AbortSignal.any([settled.signal, overdue.signal]));
    await Promise.race([anchored, patience]).finally(() => settled.abort());
  };

  // The source does not give it again, unless it stepped back; the store says which of it has a slot.
  for (const arrival of held)
    if (arrival.generation === source.generation) lanes.laneOf(chainOf(arrival)).put(arrival, arrival.at);

  return {
    lanes,
    anchorQueue: anchoring?.queue,
    async until(signal, once) {
      if (signal.aborted) onAbort();
      signal.addEventListener("abort", onAbort);
      let refusal: unknown;
      // Beside the lanes, and ended after them: a dead chain stops no capture, and what is not anchored is found at the next start.
      const anchored = anchoring && !once ? anchorBatches(anchoring).catch(onFault) : undefined;
      try {
        const unread = await read(batching, stop.signal, { once, enough: enough.signal });
        endReading();
        const unstored = await drain(batching);
        if (codeOf(unstored) === "CUT_SHORT") onEvent({ type: "drain-cut", changes: lanes.changes });
        else refusal = unread ?? unstored;
        if (anchoring && once) await anchorOnce(anchoring);
      } finally {
        signal.removeEventListener("abort", onAbort);
        cutShort();
        await Promise.all(workers);
        if (anchored !== undefined) await lastCall(anchored);
        // Whatever goes on now reads and writes nothing more.
        ended.abort();
      }
      if (fault !== undefined) throw fault.error;
      if (refusal !== undefined) throw refusal;
    },
  };
}

function cryptoRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function fractionOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) / 256, 0);
}
