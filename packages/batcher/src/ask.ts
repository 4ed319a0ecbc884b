import type { Arrival } from "./reading/arrival.ts";
import type { Batching } from "./batching.ts";
import type { Chain } from "./record/chain.ts";
import type { Lane } from "./lanes/lane.ts";
import { unlessCut } from "./waiting/unless-cut.ts";

/** The two chains in which an arrival may be: its own, and the control chain, if it was poison to an older decoder. */
export interface Asked {
  readonly chain: Chain;
  readonly control: Chain;
}

/**
 * Asks of every change that a lane took in under this generation whether the record has it. What it has is committed, since a slot covers it;
 * the rest goes to its open batch.
 */
export async function ask(
  { source, onEvent, cut }: Batching,
  lane: Lane,
  { chain, control }: Asked,
  generation: number,
): Promise<void> {
  const isRecorded = async (arrival: Arrival): Promise<boolean> =>
    (await chain.holds(arrival)) || (control !== chain && (await control.holds(arrival)));

  for (let next = lane.unasked; next?.generation === generation; next = lane.unasked) {
    const isCovered = chain.covers(next) || control.covers(next);
    // A crash in here costs nothing: nothing was told to anybody.
    lane.answer(isCovered && (await isRecorded(next)));
  }
  const { found } = lane;
  if (found.length === 0) return;
  // A crash before this commit costs reading, and finding, the same entries once more.
  await unlessCut(cut, source.commit(found));
  lane.foundGone();
  onEvent({ type: "redeliveries-dropped", count: found.length });
}
