import { batchId } from "@etrap/proof";
import { anchorKey, codeOf, createAnchorDocument, listChains, messageOf } from "@etrap/ledger";
import type { AnchorContext } from "./anchoring/anchor-context.ts";
import { attempt } from "./anchoring/attempt.ts";
import { prepareTurns } from "./anchoring/prepare-turns.ts";
import type { ChainProgress } from "./anchoring/chain-progress.ts";
import type { PreparedTurn } from "./anchoring/prepare-turns.ts";
import type { BatcherEvent } from "./events.ts";
import type { Publication, PublishOutcome } from "./ports.ts";
import { withTurn } from "./wait/turn.ts";

/** The longest wait when nothing is due earlier. */
const IDLE_MS = 60_000;
/** The wait before the chains are listed again, after the store did not answer. */
const LIST_RETRY_MS = 10_000;

/**
 * Runs the anchoring loop: publishes stored batches, each chain's in order, and creates their
 * anchor.json. A crash loses nothing, since everything that the loop knows can be read again from
 * the store and the anchor. A chain that fails delays no other. Ends once the deadline is over and
 * the call under way has settled or, with `once`, when nothing is due. Never rejects for an error
 * of the store or the anchor.
 */
export async function anchorLoop(
  context: AnchorContext,
  { once = false }: { readonly once?: boolean } = {},
): Promise<void> {
  const { clock, queue, deadline } = context;
  deadline.addEventListener("abort", queue.wakeup.notify, { once: true });
  // A crash here costs nothing: this only reads.
  await openStoredChains(context);
  while (!deadline.aborted) {
    const due = queue.takeDue(clock.now());
    // An anchor that fails at once may be due again at once, which must not starve other tasks.
    if (due.length > 0) await withTurn(() => anchorDue(context, due));
    else if (once) return;
    // New work ends the wait, and so does the deadline.
    else await queue.wakeup.wait({ ms: queue.msUntilDue(clock.now(), IDLE_MS), clock });
  }
}

/** Publishes the next batches of these chains, in one call. */
async function anchorDue(context: AnchorContext, due: readonly ChainProgress[]): Promise<void> {
  // A crash here costs nothing: nothing was sent, and the next start finds the same batches
  // waiting.
  const turns = await prepareTurns(context, due);
  if (context.deadline.aborted) return;
  // A crash here may leave minted batches that the store does not know of. The next start
  // publishes them again, which mints nothing and returns their receipts. The next attempt after
  // an unclear answer does the same.
  const outcomes = await publishTurns(context, turns);
  // A crash here leaves some of them without an anchor.json, with the same consequence.
  await Promise.all(
    turns.map((turn, index) => attempt(context, turn.progress, () => settleTurn(context, turn, outcomes[index] ?? []))),
  );
}

/** Adds the stored chains of the database to the queue, however long the store is away. */
async function openStoredChains({ store, database, queue, clock, onEvent, deadline }: AnchorContext): Promise<void> {
  if (database === undefined) return;
  for (const since = clock.now(); !deadline.aborted;) {
    try {
      for await (const chain of listChains(store, { database })) queue.chainOpened(chain);
      return;
    } catch (error) {
      const [sinceMs, retryInMs] = [clock.now() - since, LIST_RETRY_MS];
      const code = codeOf(error) ?? "UNKNOWN";
      onEvent({ type: "store-waiting", code, message: messageOf(error), sinceMs, retryInMs });
      await clock.sleep(retryInMs, deadline);
    }
  }
}

/**
 * Publishes all turns in one call, and returns the outcomes of each. A call that rejects is a
 * failed attempt of every chain in it.
 */
async function publishTurns(context: AnchorContext, turns: readonly PreparedTurn[]): Promise<PublishOutcome[][]> {
  for (const turn of turns) context.onEvent(publishingEvent(turn));
  const publications = turns.flatMap((turn) => turn.publications);
  const outcomes = publications.length === 0 ? [] : await publishAll(context, publications);
  let taken = 0;
  return turns.map((turn) => outcomes.slice(taken, (taken += turn.publications.length)));
}

function publishingEvent({ progress: { chain, failure }, publications }: PreparedTurn): BatcherEvent {
  const batchIds = publications.map(({ header }) => batchId(header));
  return { type: "anchor-publishing", chain, batchIds, attempt: (failure?.attempts ?? 0) + 1 };
}

async function publishAll(
  { anchor, deadline }: AnchorContext,
  publications: readonly Publication[],
): Promise<readonly PublishOutcome[]> {
  try {
    const outcomes: unknown = await anchor.publish(publications, deadline);
    if (!Array.isArray(outcomes)) throw new TypeError("expected a list of outcomes from the anchor");
    return outcomes;
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error("the anchor failed without saying why", { cause });
    return publications.map(() => ({ kind: "failed", error }));
  }
}

/**
 * Creates the anchor.json of each final batch in order, up to the first that is not final. Batches
 * without an anchor.json are therefore always the newest.
 */
async function settleTurn(
  context: AnchorContext,
  { progress, publications }: PreparedTurn,
  outcomes: readonly PublishOutcome[],
): Promise<void> {
  const { store, queue, onEvent } = context;
  for (const [index, { header }] of publications.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error("the anchor returned fewer outcomes than it was given batches");
    if (outcome.kind === "failed") throw outcome.error;
    const { receipt } = outcome;
    const id = batchId(header);
    // An anchor.json can never be replaced, so it must not name another batch.
    if (receipt.token_id !== id) throw new Error("the anchor returned the receipt of another batch");
    const isSame = await createAnchorDocument(store, header, receipt);
    if (!isSame) onEvent({ type: "anchor-differs", key: anchorKey(header, id) });
    queue.anchored(progress, header);
    onEvent({ type: "batch-anchored", batchId: id, header, receipt });
  }
}
