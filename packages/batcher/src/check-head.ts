import { verifyHead } from "./anchoring/verify-head.ts";
import { BatcherError } from "./batcher-error.ts";
import type { Batching } from "./batching.ts";
import { codeOf, isContradiction } from "./error-code.ts";
import type { Lane } from "./lanes/lane.ts";
import type { Chain } from "./record/chain.ts";
import { createSlots } from "./record/slots.ts";
import { cutShort, unlessCut } from "./waiting/unless-cut.ts";

/** How long a chain waits for the anchor's word, and for its turn to ask, before it is written without. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Holds a chain against the anchor before anything is written to it, once. Rejects with HEAD_ROLLED_BACK or ANCHOR_FORKED. An anchor that is
 * away stops no capture: the anchoring loop asks it again before it publishes, and `refuseContradicted` says what it heard.
 */
export async function checkHead(
  { store, anchoring, headLimit, clock, cut }: Batching,
  lane: Lane,
  chain: Chain,
): Promise<void> {
  if (anchoring === undefined) return;
  if (!lane.isHeadChecked) {
    const answered = new AbortController();
    const check = headLimit(async () => {
      if (cut.aborted) throw cutShort();
      return verifyHead(createSlots(store, chain.name), anchoring.anchor, chain.name);
    });
    const wait = clock.sleep(LONGEST_WAIT_MS, answered.signal);
    try {
      const answer = await unlessCut(cut, Promise.race([check, wait]));
      // What it said once counts until it says otherwise: an anchor that is away takes nothing back.
      if (answer?.answered !== true && lane.contradiction !== undefined) throw lane.contradiction;
      lane.contradiction = undefined;
      if (answer?.answered === true) anchoring.queue.headConfirmed(chain.name);
    } catch (error) {
      if (isContradiction(codeOf(error))) lane.contradiction = error;
      throw error;
    } finally {
      answered.abort();
      // After the wait it is the anchoring loop that hears the answer.
      check.catch(() => undefined);
    }
    lane.isHeadChecked = true;
  }
  anchoring.queue.chainOpened(chain.name, chain.newest);
}

/** Throws what the anchoring loop has heard against this chain since. */
export function refuseContradicted({ anchoring }: Batching, lane: Lane): void {
  const failure = anchoring?.queue.contradiction(lane.chain);
  if (failure === undefined) return;
  lane.isHeadChecked = false;
  lane.contradiction = new BatcherError(
    failure.code === "ANCHOR_FORKED" ? "ANCHOR_FORKED" : "HEAD_ROLLED_BACK",
    failure.message,
  );
  throw lane.contradiction;
}
