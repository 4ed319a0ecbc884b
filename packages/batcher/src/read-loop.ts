import { chainFor } from "./intake/arrival.ts";
import { checkDeliveries } from "./intake/check-deliveries.ts";
import type { UnmatchedRule } from "./intake/rule-watch.ts";
import { toArrival } from "./intake/to-arrival.ts";
import type { Delivery, PullOptions } from "./ports.ts";
import type { WriterContext } from "./storing/writer-context.ts";
import { orAbort } from "./wait/or-abort.ts";
import { withTurn } from "./wait/turn.ts";

/** The longest pull when nothing is due earlier. */
const IDLE_MS = 1_000;
/** The longest pull while a stream is paused, since it may be resumed at any moment. */
const PAUSED_MS = 50;

/** Options of `readLoop`. */
export interface ReadLoopOptions {
  /** Once aborted, nothing more is read. */
  readonly stop: AbortSignal;
  /** Once aborted, a pull that hangs is not waited for. */
  readonly abandonPull: AbortSignal;
  /** Whether the loop ends when the source has nothing more. */
  readonly once: boolean;
}

/**
 * Runs the reading loop: passes deliveries to the lanes of their chains, until `stop` is aborted
 * or, with `once`, the source has nothing more. Returns the refusal of a chain that kept it from
 * reading everything, if any.
 */
export async function readLoop(context: WriterContext, options: ReadLoopOptions): Promise<unknown> {
  const refusal = await readAll(context, options);
  reportRules(context, context.ruleWatch.whenOver());
  return refusal;
}

async function readAll(context: WriterContext, options: ReadLoopOptions): Promise<unknown> {
  const { source, buffer, clock, onEvent } = context;
  const { stop, once } = options;
  let { generation } = source;
  while (!stop.aborted) {
    // While the buffer is full, the lanes empty it. A crash here costs a redelivery of what is
    // held.
    await untilRoom(context, stop);
    const overfull = buffer.overfull();
    // A crash here costs reading the same entries once more.
    const pulled = await pull(context, options);
    if (pulled === undefined) return undefined;
    const hasSteppedBack = source.generation !== generation;
    if (hasSteppedBack) {
      ({ generation } = source);
      // The lanes discard what they hold. Otherwise it would be sealed next to its own redelivery.
      onEvent({ type: "source-reset", reason: source.resetReason, discarded: buffer.changes });
    }
    // Commits the skips. A crash before that costs skipping the same entries once more.
    await dispatch(
      context,
      pulled.filter((delivery) => delivery.generation === generation),
    );
    if (hasSteppedBack) buffer.notifyAll();
    else buffer.notifyReady(clock.now());
    // A source that is away or stepped back may have more. So may paused streams, unless their
    // chain is refused.
    const hasNothing = pulled.length === 0 && source.isAway !== true && !hasSteppedBack;
    if (hasNothing && overfull.length === 0) reportRules(context, context.ruleWatch.whenIdle(clock.now()));
    if (once && hasNothing && overfull.every(({ refusal }) => refusal !== undefined)) return overfull[0]?.refusal;
  }
  return undefined;
}

/**
 * Pulls the next deliveries. Returns undefined where the pull was abandoned: its entries are not
 * committed.
 */
async function pull(
  context: WriterContext,
  { stop, abandonPull, once }: ReadLoopOptions,
): Promise<Delivery[] | undefined> {
  try {
    // A source may settle at once for as long as its carrier is away. Without a turn, no timer,
    // signal or reply of the store would ever be seen again.
    const pulled: unknown = await withTurn(() =>
      orAbort(abandonPull, context.source.pull(pullOptions(context, stop, once))),
    );
    // Before any delivery is left out for its generation.
    checkDeliveries(pulled);
    return pulled;
  } catch (error) {
    if (abandonPull.aborted) return undefined;
    throw error;
  }
}

/**
 * Returns the options of the next pull: no more than there is room for, no stream of a lane over
 * its share, and no longer a wait than until a batch is due.
 */
function pullOptions(context: WriterContext, signal: AbortSignal, once: boolean): PullOptions {
  const { source, buffer, policy, clock } = context;
  const paused = new Set(buffer.overfull().flatMap(({ streams }) => [...streams]));
  const idleMs = paused.size > 0 ? PAUSED_MS : IDLE_MS;
  // With `once`, a pull waits only while something keeps the source from giving more. Pulling in a
  // tight loop then would starve other tasks.
  const mayWait = !once || paused.size > 0 || source.isAway === true;
  return {
    max: policy.batchSize,
    maxBytes: Math.max(1, Math.min(policy.maxBatchBytes, buffer.room)),
    waitMs: mayWait ? Math.max(0, Math.min(idleMs, buffer.readyAt - clock.now())) : 0,
    paused,
    signal,
  };
}

/**
 * Waits while the buffer is full and lanes are emptying it: lanes over their share close their
 * batches. Changes of refused chains may stay for long. While they alone fill the buffer, reading
 * goes on, one change at a time.
 */
async function untilRoom({ buffer, clock, onEvent }: WriterContext, stop: AbortSignal): Promise<void> {
  if (buffer.room > 0 || buffer.isStuck) return;
  onEvent({ type: "reading-paused", bytes: buffer.bytes });
  while (buffer.room <= 0 && !buffer.isStuck && !stop.aborted) await buffer.freed.wait({ ms: IDLE_MS, clock });
  onEvent({ type: "reading-resumed", bytes: buffer.bytes });
}

/** Passes deliveries to the lanes of their chains. Commits the skips at once. */
async function dispatch(context: WriterContext, deliveries: readonly Delivery[]): Promise<void> {
  const { source, writer, buffer, onEvent, deadline, ruleWatch } = context;
  const now = context.clock.now();
  const skipped: Delivery[] = [];
  const reasons = new Map<string, number>();
  for (const delivery of deliveries) {
    const { entry } = delivery;
    const arrival = toArrival(delivery, writer);
    if (entry.kind === "change") ruleWatch.saw(entry, { now, isTaken: arrival.kind === "arrival" });
    if (arrival.kind === "arrival") buffer.laneOf(chainFor(arrival)).put(arrival, now);
    else {
      skipped.push(delivery);
      reasons.set(arrival.reason, (reasons.get(arrival.reason) ?? 0) + 1);
    }
  }
  reportRules(context, ruleWatch.whenMany());
  for (const [reason, count] of reasons) context.skipped.add(reason, count);
  if (skipped.length === 0) return;
  onEvent({ type: "entries-skipped", count: skipped.length, reasons: Object.fromEntries(reasons) });
  try {
    // A crash before this commit costs skipping the same entries once more.
    await orAbort(deadline, source.commit(skipped));
  } catch (error) {
    if (!deadline.aborted) throw error;
  }
}

function reportRules({ onEvent }: WriterContext, rules: readonly UnmatchedRule[]): void {
  for (const rule of rules) onEvent({ type: "rule-unmatched", ...rule });
}
