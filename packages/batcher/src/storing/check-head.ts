import type { Chain } from "./chain.ts";
import type { WriterContext } from "./writer-context.ts";

/**
 * Compares a chain with the anchor before anything is written to it, and tells the anchoring loop
 * of it. Rejects with HEAD_ROLLED_BACK or ANCHOR_FORKED. An anchor that is away does not stop the
 * chain: the anchoring loop asks again before it publishes, and `refuseContradicted` passes its
 * answer on.
 */
export async function checkHead({ anchoring }: WriterContext, { name, newest }: Chain): Promise<void> {
  if (anchoring === undefined) return;
  const { heads, queue } = anchoring;
  const wasContradicted = heads.contradiction(name) !== undefined;
  await heads.allowWriting(name);
  // The chain was put right. Its anchoring need not wait any longer either.
  if (wasContradicted) queue.retryNow(name);
  queue.chainOpened(name, newest);
}

/** Throws the contradiction that either loop has found in this chain since it was opened. */
export function refuseContradicted({ anchoring }: WriterContext, { name }: Pick<Chain, "name">): void {
  const contradiction = anchoring?.heads.contradiction(name);
  if (contradiction !== undefined) throw contradiction;
}
