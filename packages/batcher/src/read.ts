import { arrivalOf } from "./arrival-of.ts";
import { chainOf } from "./arrival.ts";
import type { Batching } from "./batching.ts";
import type { Delivery, PullOptions } from "./ports.ts";
import { unlessCut } from "./unless-cut.ts";

/** How long to wait when nothing is due earlier. */
const IDLE_MS = 1_000;
/** How long to wait while a stream is paused: it may go on any moment. */
const PAUSED_MS = 50;

/** What to pull now: no more than there is room for, nothing of lanes that are over their share, and no longer than until a batch is due. */
export function pullOptions(batching: Batching, signal: AbortSignal, once: boolean): PullOptions {
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
export async function untilRoom({ lanes, clock, onEvent }: Batching, signal: AbortSignal): Promise<void> {
  if (lanes.room > 0 || lanes.isStuck) return;
  onEvent({ type: "reading-paused", bytes: lanes.bytes });
  while (lanes.room <= 0 && !lanes.isStuck && !signal.aborted) await lanes.freed.heard({ ms: IDLE_MS, clock });
  onEvent({ type: "reading-resumed", bytes: lanes.bytes });
}

/** Gives deliveries to the lanes of their chains. What needs no record is committed at once. */
export async function takeIn(batching: Batching, deliveries: readonly Delivery[]): Promise<void> {
  const { source, clock, writer, lanes, onEvent, cut } = batching;
  const now = clock.now();
  const skips: Delivery[] = [];
  const reasons = new Map<string, number>();
  for (const delivery of deliveries) {
    const arrival = arrivalOf(delivery, writer);
    if ("reason" in arrival) {
      skips.push(delivery);
      reasons.set(arrival.reason, (reasons.get(arrival.reason) ?? 0) + 1);
    } else lanes.laneOf(chainOf(arrival)).put(arrival, now);
  }
  if (skips.length === 0) return;
  // A crash before this commit costs skipping the same entries once more.
  await unlessCut(cut, source.commit(skips));
  onEvent({ type: "entries-skipped", count: skips.length, reasons: Object.fromEntries(reasons) });
}
