import type { Arrival } from "../intake/arrival.ts";
import type { Lane } from "../lanes/lane.ts";
import { orAbort } from "../wait/or-abort.ts";
import type { Chain } from "./chain.ts";
import { turn } from "../wait/turn.ts";
import type { WriterContext } from "./writer-context.ts";

/** The number of arrivals that are checked before other tasks get a turn. */
const CHECKS_PER_TURN = 1_000;

/**
 * The chains that may hold an arrival: its own, and the control chain, where an older decoder
 * recorded it as poison.
 */
export interface OpenedChain {
  readonly chain: Chain;
  readonly control: Chain;
  /** The source's generation in which the chain was opened. */
  readonly generation: number;
}

/**
 * Checks the unchecked arrivals of a lane, as long as they are of this generation, against the
 * ledger. Arrivals that are recorded are committed to the source, since a slot covers them. The
 * others go to their open batch.
 */
export async function dropRecorded(
  { source, onEvent, deadline }: WriterContext,
  lane: Lane,
  { chain, control, generation }: OpenedChain,
): Promise<void> {
  const isRecorded = async (arrival: Arrival): Promise<boolean> =>
    (await chain.holds(arrival)) || (control !== chain && (await control.holds(arrival)));

  let checked = 0;
  for (let next = lane.unchecked; next?.generation === generation; next = lane.unchecked) {
    const isCovered = chain.covers(next) || control.covers(next);
    // A crash here costs nothing: nothing was committed.
    lane.answer(isCovered && (await isRecorded(next)));
    checked += 1;
    // Answers from memory settle at once. Thousands of them must not starve other tasks.
    if (checked % CHECKS_PER_TURN === 0) await turn();
  }
  const { recorded } = lane;
  if (recorded.length === 0) return;
  // A crash before this commit costs a redelivery of these entries, which is dropped in the same
  // way.
  await orAbort(deadline, source.commit(recorded));
  lane.releaseRecorded();
  onEvent({ type: "redeliveries-dropped", count: recorded.length });
}
