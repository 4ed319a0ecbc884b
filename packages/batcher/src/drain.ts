import type { Batching } from "./batching.ts";
import { codeOf } from "./store-object.ts";

/** What stands against a flush at the end of a run and is no failure of it: the changes come again. */
const COMES_AGAIN: ReadonlySet<string | undefined> = new Set(["STEPPED_BACK", "CUT_SHORT"]);

/** Stores what is held, for at most `drainMs`; then `cutShort` ends everything where it is. Rejects with what a chain refused. */
export async function drain(
  { lanes, clock, onEvent, cut }: Batching,
  drainMs: number,
  cutShort: () => void,
): Promise<void> {
  const drained = new AbortController();
  void clock.sleep(drainMs, drained.signal).then(() => {
    if (!drained.signal.aborted) cutShort();
  });
  // A crash in here, like the cut, costs what is held: it comes again.
  const outcomes = await Promise.allSettled(Array.from(lanes.all, (lane) => lane.flush()));
  drained.abort();
  if (cut.aborted) onEvent({ type: "drain-cut", changes: lanes.changes });
  for (const outcome of outcomes)
    if (outcome.status === "rejected" && !COMES_AGAIN.has(codeOf(outcome.reason))) throw outcome.reason;
}
