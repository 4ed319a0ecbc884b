import { setMaxListeners } from "node:events";
import { codeOf } from "@etrap/ledger";
import type { ObjectStore } from "@etrap/ledger";
import { anchorLoop } from "./anchor-loop.ts";
import type { AnchorContext } from "./anchoring/anchor-context.ts";
import { createAnchorQueue } from "./anchoring/anchor-queue.ts";
import type { AnchorQueue } from "./anchoring/anchor-queue.ts";
import { createHeads } from "./anchoring/heads.ts";
import type { BatcherEvent } from "./events.ts";
import { createRuleWatch } from "./intake/rule-watch.ts";
import { createTally } from "./intake/tally.ts";
import { createChangeBuffer } from "./lanes/change-buffer.ts";
import type { ChangeBuffer } from "./lanes/change-buffer.ts";
import type { CheckedOptions } from "./options/options.ts";
import type { Anchor, ChangeSource, Clock } from "./ports.ts";
import { readLoop } from "./read-loop.ts";
import type { SealOptions } from "./sealing/seal.ts";
import { createChains } from "./storing/chains.ts";
import { createStoredFacts } from "./storing/stored-facts.ts";
import { withDeadline } from "./storing/with-deadline.ts";
import type { WriterContext } from "./storing/writer-context.ts";
import { superviseLane } from "./supervise-lane.ts";
import { orAbort } from "./wait/or-abort.ts";
import { systemClock } from "./wait/system-clock.ts";
import { turningClock } from "./wait/turning-clock.ts";

/** The ports that a batcher uses. */
export interface BatcherPorts {
  readonly source: ChangeSource;
  readonly store: ObjectStore;
  /** Without an anchor, batches are only stored. A later run with an anchor anchors them. */
  readonly anchor?: Anchor;
  readonly clock?: Clock;
  /** A cryptographic generator. Default: the platform's. */
  readonly randomBytes?: SealOptions["randomBytes"];
}

/** The numbers of what a run left out, by reason or code. */
export interface RunCounts {
  /** The entries that are not recorded: without a change, or left out by the rules. */
  readonly skipped: Readonly<Record<string, number>>;
  /** The poison entries that were recorded. */
  readonly poison: Readonly<Record<string, number>>;
  /** The values that were left out of recorded images. A column counts once for each change. */
  readonly omitted: Readonly<Record<string, number>>;
}

/** The one run of a batcher. */
export interface Run {
  readonly buffer: ChangeBuffer;
  /** Returns what was left out so far. */
  counts(): RunCounts;
  /** Undefined without an anchor. */
  readonly anchorQueue: AnchorQueue | undefined;
  /**
   * Reads until `signal` is aborted or, with `once`, the source has nothing more. Then it drains.
   */
  start(signal: AbortSignal, once: boolean): Promise<void>;
}

/** The longest wait for the last call to the anchor, at the end of a run. */
const LAST_CALL_MS = 5_000;

/** Creates a run from ports and checked options. Nothing is read or written before it starts. */
export function createRun(ports: BatcherPorts, options: CheckedOptions): Run {
  const { source, randomBytes = cryptoRandomBytes } = ports;
  const clock = turningClock(ports.clock ?? systemClock);
  // `stop` ends reading, `abandonPull` ends the wait for a pull, and `deadline` ends every other
  // wait except the one for the last call to the anchor.
  const [stop, abandonPull, deadline] = [new AbortController(), new AbortController(), new AbortController()];
  // `overdue` says that the time for draining is over, and `ended` that the whole run is.
  const [overdue, ended] = [new AbortController(), new AbortController()];
  // Every lane and every call listens to these. Node would report so many listeners as a leak.
  setMaxListeners(0, stop.signal, deadline.signal, ended.signal);
  const store = withDeadline(ports.store, deadline.signal);
  const workers: Promise<void>[] = [];
  let bug: { readonly error: unknown } | undefined;

  const endReading = (): void => {
    stop.abort();
    buffer.freed.notify();
  };
  const after = (ms: number, end: () => void): void => {
    void clock.sleep(ms, ended.signal).then(() => {
      if (!ended.signal.aborted) end();
    });
  };
  /**
   * Begins the drain. Its time is counted from the request to stop, not from the end of reading, so
   * a source that hangs leaves half of it for storing.
   */
  const onAbort = (): void => {
    endReading();
    after(options.drainMs / 2, () => abandonPull.abort());
    after(options.drainMs, () => {
      overdue.abort();
      endWaiting();
    });
  };
  const endWaiting = (): void => {
    abandonPull.abort();
    deadline.abort();
    buffer.notifyAll();
  };
  /** Ends the run because of a bug of ours, whichever loop it is in. */
  const onBug = (error: unknown): void => {
    bug ??= { error };
    endReading();
    endWaiting();
  };
  const buffer = createChangeBuffer({
    ...options,
    onNew: (lane) => {
      workers.push(superviseLane(context, lane, stop.signal).catch(onBug));
    },
  });
  /**
   * Passes an event on. A listener that throws has a bug, which ends the run. The error must not
   * reach the loop that reports the event.
   */
  const onEvent = (event: BatcherEvent): void => {
    try {
      options.onEvent(event);
    } catch (error) {
      onBug(error);
    }
  };
  const random = (): number => fractionOf(randomBytes(4));
  const anchoring: AnchorContext | undefined = ports.anchor && {
    // Outlives the deadline, so that batches that the last call minted get their anchor.json.
    store: withDeadline(ports.store, ended.signal),
    anchor: ports.anchor,
    heads: createHeads({ store, anchor: ports.anchor, clock, deadline: deadline.signal }),
    clock,
    queue: createAnchorQueue({ policy: options.anchorPolicy, random }),
    anchorFrom: options.anchorPolicy.anchorFrom,
    onEvent,
    deadline: deadline.signal,
    database: options.writer.capture.source_name,
  };
  const context: WriterContext = {
    ...options,
    onEvent,
    source,
    store,
    clock,
    randomBytes,
    random,
    buffer,
    chains: createChains(store),
    ruleWatch: createRuleWatch({ rules: options.writer.rules, policyGlobs: options.policyGlobs }),
    skipped: createTally(),
    facts: createStoredFacts(onEvent),
    deadline: deadline.signal,
    anchoring,
  };

  /**
   * Anchors the stored batches, for no longer than a drain may take. A later run anchors the rest.
   */
  const anchorOnce = async (once: AnchorContext): Promise<void> => {
    after(options.drainMs, endWaiting);
    await orAbort(deadline.signal, anchorLoop(once, { once: true })).catch((error: unknown) => {
      if (codeOf(error) !== "RUN_ENDED") throw error;
    });
  };
  /** Waits for the call to the anchor that is under way. A call that never ends is abandoned. */
  const lastCall = async (anchored: Promise<void>): Promise<void> => {
    const settled = new AbortController();
    const timeout = clock.sleep(LAST_CALL_MS, AbortSignal.any([settled.signal, overdue.signal]));
    await Promise.race([anchored, timeout]).finally(() => settled.abort());
  };

  return {
    buffer,
    counts() {
      const { skipped, facts } = context;
      return { skipped: skipped.counts(), poison: facts.poison(), omitted: facts.omitted() };
    },
    anchorQueue: anchoring?.queue,
    async start(signal, once) {
      if (signal.aborted) onAbort();
      signal.addEventListener("abort", onAbort);
      let refusal: unknown;
      // Runs beside the lanes and ends after them. An anchor that is away stops no capture, and the
      // next start finds what is not anchored.
      const anchored = anchoring && !once ? anchorLoop(anchoring).catch(onBug) : undefined;
      try {
        const unread = await readLoop(context, { stop: stop.signal, abandonPull: abandonPull.signal, once });
        endReading();
        const unstored = await drain(buffer);
        if (codeOf(unstored) === "RUN_ENDED") onEvent({ type: "drain-timed-out", changes: buffer.changes });
        else refusal = unread ?? unstored;
        if (anchoring && once) await anchorOnce(anchoring);
      } finally {
        signal.removeEventListener("abort", onAbort);
        endWaiting();
        await Promise.all(workers);
        // Another agent need not wait for the anchor. A release that is lost costs it the rest of a
        // lease.
        const released = source.release?.().catch(() => undefined);
        if (anchored !== undefined) await lastCall(anchored);
        if (released !== undefined) await lastCall(released);
        // Work that still goes on reads and writes nothing from here on.
        ended.abort();
      }
      if (bug !== undefined) throw bug.error;
      if (refusal !== undefined) throw refusal;
    },
  };
}

/**
 * Stores what is held. Returns the first refusal of a chain, or else RUN_ENDED where the time was
 * over.
 */
async function drain(buffer: ChangeBuffer): Promise<unknown> {
  // A crash here, like the deadline, costs a redelivery of what is held.
  const outcomes = await Promise.allSettled(Array.from(buffer.lanes, (lane) => lane.flush()));
  const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  // Changes that were discarded because the source stepped back are delivered again. That is no
  // failure.
  const failures = reasons.filter((reason) => codeOf(reason) !== "SOURCE_RESET");
  return failures.find((reason) => codeOf(reason) !== "RUN_ENDED") ?? failures[0];
}

function cryptoRandomBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

function fractionOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum + byte) / 256, 0);
}
