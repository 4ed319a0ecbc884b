import { batchId } from "@etrap/proof";
import { storeAnchorDocument } from "./anchor-document.ts";
import { attempt } from "./anchoring.ts";
import type { Anchoring } from "./anchoring.ts";
import { codeOf } from "../error-code.ts";
import { listChains } from "../record/list-chains.ts";
import type { Publication, PublishOutcome } from "../ports.ts";
import { prepareTurns } from "./prepare-turns.ts";
import type { PreparedTurn } from "./prepare-turns.ts";

/** How long the loop sleeps when nothing is due earlier. */
const IDLE_MS = 60_000;
/** How long until the chains are listed again after the store did not answer. */
const LIST_RETRY_MS = 10_000;

/**
 * The anchoring loop: batches that stand in the record are published, each chain's in order, and get their anchor.json. Nothing in here is ever
 * the truth: what a crash cuts off is found again from store and anchor. A chain that fails holds up no other. Ends once `cut` is aborted
 * and the call in flight has settled, or with `once`, when nothing is due; never rejects for store or anchor.
 */
export async function anchorBatches(
  anchoring: Anchoring,
  { once = false }: { readonly once?: boolean } = {},
): Promise<void> {
  const { clock, queue, cut } = anchoring;
  cut.addEventListener("abort", queue.bell.ring, { once: true });
  // A crash costs nothing in here: it only reads.
  await openStoredChains(anchoring);
  while (!cut.aborted) {
    const due = queue.takeDue(clock.now());
    if (due.length === 0) {
      if (once) return;
      // New work ends the sleep, and so does `cut`.
      await queue.bell.heard({ ms: queue.msUntilDue(clock.now(), IDLE_MS), clock });
      continue;
    }
    // A crash costs nothing in here: nothing was sent, and the next start finds the same batches waiting.
    const turns = await prepareTurns(anchoring, due);
    if (cut.aborted) return;
    // A crash in here may leave batches minted of which the store does not know. The next start publishes them again, which mints nothing
    // and gives their receipts. So does the next attempt after an unclear answer.
    const outcomes = await publishTurns(anchoring, turns);
    // A crash in here leaves some of them without anchor.json: the same.
    await Promise.all(
      turns.map((turn, index) =>
        attempt(anchoring, turn.line, () => settleTurn(anchoring, turn, outcomes[index] ?? [])),
      ),
    );
  }
}

async function openStoredChains({ store, database, queue, clock, onEvent, cut }: Anchoring): Promise<void> {
  for (const since = clock.now(); !cut.aborted;) {
    try {
      for await (const chain of listChains(store, { database })) queue.chainOpened(chain);
      return;
    } catch (error) {
      const [sinceMs, retryInMs] = [clock.now() - since, LIST_RETRY_MS];
      onEvent({ type: "store-waiting", code: codeOf(error) ?? "UNKNOWN", sinceMs, retryInMs });
      await clock.sleep(retryInMs, cut);
    }
  }
}

/** Publishes in one call, and gives each turn its outcomes. A call that rejects altogether is a failed attempt of every chain in it. */
async function publishTurns(anchoring: Anchoring, turns: readonly PreparedTurn[]): Promise<PublishOutcome[][]> {
  const publications = turns.flatMap((turn) => turn.publications);
  const outcomes = publications.length === 0 ? [] : await publishAll(anchoring, publications);
  let taken = 0;
  return turns.map((turn) => outcomes.slice(taken, (taken += turn.publications.length)));
}

async function publishAll(
  { anchor, cut }: Anchoring,
  publications: readonly Publication[],
): Promise<readonly PublishOutcome[]> {
  try {
    const outcomes: unknown = await anchor.publish(publications, cut);
    if (!Array.isArray(outcomes)) throw new TypeError("expected a list of outcomes from the anchor");
    return outcomes;
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error("the anchor did not say what went wrong", { cause });
    return publications.map(() => ({ error }));
  }
}

/** Writes the anchor.json of what is final, in order, up to the first that is not: so those that are missing are the newest. */
async function settleTurn(
  anchoring: Anchoring,
  { line, publications }: PreparedTurn,
  outcomes: readonly PublishOutcome[],
): Promise<void> {
  const { store, queue, onEvent } = anchoring;
  for (const [index, { header }] of publications.entries()) {
    const outcome = outcomes[index] ?? { error: new Error("the anchor gave fewer outcomes than it got batches") };
    if ("error" in outcome) throw outcome.error;
    const { receipt } = outcome;
    // anchor.json is for ever, and must not tell of another batch.
    if (receipt.token_id !== batchId(header)) throw new Error("the anchor gave another batch's receipt");
    await storeAnchorDocument(store, header, receipt, onEvent);
    queue.anchored(line, header);
    onEvent({ type: "batch-anchored", batchId: batchId(header), header, receipt });
  }
}
