import { codeOf, createSlots } from "@etrap/ledger";
import { verifyHead } from "../anchoring/verify-head.ts";
import { BatcherError, isContradiction } from "../batcher-error.ts";
import type { Lane } from "../lanes/lane.ts";
import { orAbort, runEnded } from "../wait/or-abort.ts";
import type { Chain } from "./chain.ts";
import type { WriterContext } from "./writer-context.ts";

/**
 * The longest wait for the anchor's answer, and for the turn to ask, before a chain is written
 * without it.
 */
const LONGEST_WAIT_MS = 10_000;

/**
 * Compares a chain with the anchor once, before anything is written to it. Rejects with
 * HEAD_ROLLED_BACK or ANCHOR_FORKED. An anchor that is away does not stop the chain: the anchoring
 * loop asks again before it publishes, and `refuseContradicted` passes its answer on.
 */
export async function checkHead(
  { store, anchoring, headLimit, clock, deadline }: WriterContext,
  lane: Lane,
  chain: Chain,
): Promise<void> {
  if (anchoring === undefined) return;
  if (!lane.isHeadChecked) {
    const answered = new AbortController();
    const check = headLimit(async () => {
      if (deadline.aborted) throw runEnded();
      return verifyHead(createSlots(store, chain.name), anchoring.anchor, chain.name);
    });
    const wait = clock.sleep(LONGEST_WAIT_MS, answered.signal);
    try {
      const answer = await orAbort(deadline, Promise.race([check, wait]));
      // A contradiction stands until the anchor takes it back, which an anchor that is away does
      // not do.
      if (answer?.kind !== "answered" && lane.contradiction !== undefined) throw lane.contradiction;
      lane.contradiction = undefined;
      if (answer?.kind === "answered") anchoring.queue.headConfirmed(chain.name);
    } catch (error) {
      if (isContradiction(codeOf(error))) lane.contradiction = error;
      throw error;
    } finally {
      answered.abort();
      // An answer that comes after the wait is ignored: the anchoring loop asks again.
      check.catch(() => undefined);
    }
    lane.isHeadChecked = true;
  }
  anchoring.queue.chainOpened(chain.name, chain.newest);
}

/** Throws the contradiction that the anchoring loop has found in this chain since it was opened. */
export function refuseContradicted({ anchoring }: WriterContext, lane: Lane): void {
  const failure = anchoring?.queue.contradiction(lane.chain);
  if (failure === undefined) return;
  lane.isHeadChecked = false;
  lane.contradiction = new BatcherError(
    failure.code === "ANCHOR_FORKED" ? "ANCHOR_FORKED" : "HEAD_ROLLED_BACK",
    failure.message,
  );
  throw lane.contradiction;
}
