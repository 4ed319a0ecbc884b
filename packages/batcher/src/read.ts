import { arrivalOf } from "./reading/arrival-of.ts";
import { chainOf } from "./reading/arrival.ts";
import { BatcherError } from "./batcher-error.ts";
import type { Batching } from "./batching.ts";
import type { Delivery, PullOptions } from "./ports.ts";

/** How long to wait when nothing is due earlier. */
const IDLE_MS = 1_000;
/** How long to wait while a stream is paused: it may go on any moment. */
const PAUSED_MS = 50;

/** How long a run reads. */
export interface Reading {
  /** Whether it ends where the source has nothing more. */
  readonly once: boolean;
  /** Once aborted, no pull is waited for. */
  readonly enough: AbortSignal;
}

/**
 * The reading side: deliveries go to the lanes of their chains, until `signal` is aborted or, with `once`, the source has nothing more. Once
 * `enough` is aborted, a pull that hangs is left to itself. Every
 * lane is served beside it. Gives what a chain refused, where that kept it from reading everything.
 */
export async function read(batching: Batching, signal: AbortSignal, { once, enough }: Reading): Promise<unknown> {
  const { source, intake, lanes, clock, onEvent } = batching;
  let { generation } = source;
  while (!signal.aborted) {
    // While the buffer is full, the lanes empty it. A crash here costs what is in them: it comes again.
    await untilRoom(batching, signal);
    const options = pullOptions(batching, signal, once);
    const overfull = lanes.overfull();
    // A crash here costs reading the same entries once more.
    const pulled = await intake.pull(options, enough);
    const hasSteppedBack = source.generation !== generation;
    if (hasSteppedBack) {
      ({ generation } = source);
      // What is held comes again. The lanes drop it: kept, it would be sealed beside its own redelivery.
      onEvent({ type: "stepped-back", discarded: lanes.changes });
    }
    // Commits what needs no record. A crash before that costs skipping it once more.
    await takeIn(
      batching,
      pulled.filter((delivery) => delivery.generation === generation),
    );
    if (hasSteppedBack) lanes.ring();
    else lanes.ringReady(clock.now());
    // A source that is away or stepped back may have more, and so have streams that are paused, unless their chain is refused.
    const hasNothing = pulled.length === 0 && source.isAway !== true && !hasSteppedBack;
    if (once && hasNothing && overfull.every(({ refusal }) => refusal !== undefined)) return overfull[0]?.refusal;
  }
  return undefined;
}

/** What to pull now: no more than there is room for, nothing of lanes that are over their share, and no longer than until a batch is due. */
function pullOptions(batching: Batching, signal: AbortSignal, once: boolean): PullOptions {
  const { source, lanes, policy, clock } = batching;
  const paused = new Set(lanes.overfull().flatMap(({ streams }) => [...streams]));
  const idleMs = paused.size > 0 ? PAUSED_MS : IDLE_MS;
  // A single run does not wait, unless something keeps the source from giving more: asked on and on, it would take others' time.
  const mayWait = !once || paused.size > 0 || source.isAway === true;
  return {
    max: policy.batchSize,
    maxBytes: Math.max(1, Math.min(policy.maxBatchBytes, lanes.room)),
    waitMs: mayWait ? Math.max(0, Math.min(idleMs, lanes.readyAt - clock.now())) : 0,
    paused,
    signal,
  };
}

/**
 * Waits while the buffer is full and something in it is on its way out: lanes over their share close their batches. What is held of refused
 * chains alone may stay for ever; beside it, the others go on change by change.
 */
async function untilRoom({ lanes, clock, onEvent }: Batching, signal: AbortSignal): Promise<void> {
  if (lanes.room > 0 || lanes.isStuck) return;
  onEvent({ type: "reading-paused", bytes: lanes.bytes });
  while (lanes.room <= 0 && !lanes.isStuck && !signal.aborted) await lanes.freed.heard({ ms: IDLE_MS, clock });
  onEvent({ type: "reading-resumed", bytes: lanes.bytes });
}

/** A size that cannot be added up would leave the buffer without a bound. */
function checkSize({ position, size }: Delivery): void {
  if (Number.isSafeInteger(size) && size >= 0) return;
  const place = `${position.stream} ${position.id}`;
  throw new BatcherError("BAD_DELIVERY", `${place}: expected a size of a whole number of bytes, got ${size}`);
}

/** Gives deliveries to the lanes of their chains. What needs no record is committed at once. */
async function takeIn(batching: Batching, deliveries: readonly Delivery[]): Promise<void> {
  const { intake, clock, writer, lanes, onEvent, cut } = batching;
  const now = clock.now();
  const skips: Delivery[] = [];
  const reasons = new Map<string, number>();
  for (const delivery of deliveries) {
    checkSize(delivery);
    const arrival = arrivalOf(delivery, writer);
    if ("position" in arrival) lanes.laneOf(chainOf(arrival)).put(arrival, now);
    else {
      skips.push(delivery);
      reasons.set(arrival.reason, (reasons.get(arrival.reason) ?? 0) + 1);
    }
  }
  if (skips.length > 0) onEvent({ type: "entries-skipped", count: skips.length, reasons: Object.fromEntries(reasons) });
  await intake.commitSkips(skips, cut);
}
