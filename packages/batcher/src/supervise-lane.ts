import { codeOf, messageOf } from "@etrap/ledger";
import { isTemporary } from "./batcher-error.ts";
import type { Lane } from "./lanes/lane.ts";
import { runLane } from "./run-lane.ts";
import type { WriterContext } from "./storing/writer-context.ts";
import { backOff, STORE_BACK_OFF } from "./wait/back-off.ts";
import { runEnded } from "./wait/or-abort.ts";
import { withTurn } from "./wait/turn.ts";

/**
 * Runs a lane until the deadline, whatever happens to its chain. A slot taken by another writer, a
 * store that is away, and a refusal are all handled in the same way: every change without a slot is
 * checked against the store again. Trouble with one chain does not reach the others. Once `stop` is
 * aborted, the lane tries once more at once. Rejects only with an error without a code, which is a
 * bug of ours.
 */
export async function superviseLane(context: WriterContext, lane: Lane, stop: AbortSignal): Promise<void> {
  const { source, clock, onEvent, deadline } = context;
  const { chain } = lane;
  let failures = 0;
  let awaySince: number | undefined;
  const onProgress = (): void => {
    if (lane.refusal !== undefined) onEvent({ type: "chain-back", chain });
    if (awaySince !== undefined) onEvent({ type: "store-back", afterMs: clock.now() - awaySince });
    [failures, awaySince, lane.refusal] = [0, undefined, undefined];
  };
  while (!deadline.aborted) {
    // After the wait, not before it: the source may have stepped back meanwhile, and held changes
    // must not be sealed next to their redeliveries.
    lane.recheckAll(source.generation);
    // A run may end at once again and again, where the source steps back or slots are lost.
    const error = await withTurn(() => runLane(context, lane, onProgress)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined || deadline.aborted) continue;
    const code = codeOf(error);
    if (code === undefined) {
      lane.end(error);
      throw error;
    }
    failures += 1;
    // The first lost slot is no reason to wait: the next slot is free.
    if (code === "KEY_CONFLICT" && failures === 1) continue;
    const retryInMs = backOff(failures, context.random(), STORE_BACK_OFF);
    if (isTemporary(code)) {
      awaySince ??= clock.now();
      const sinceMs = clock.now() - awaySince;
      onEvent({ type: "store-waiting", code, message: messageOf(error), sinceMs, retryInMs });
    } else if (code !== "KEY_CONFLICT") {
      lane.refusal = error;
      onEvent({ type: "chain-refused", chain, code, message: messageOf(error), retryInMs });
      // Waiting does not mend a refusal, so a waiting flush rejects with it.
      lane.failFlush(error);
    }
    // A request to stop ends this wait, and the lane tries once more. A refusal then ends the
    // drain.
    await clock.sleep(retryInMs, stop.aborted ? deadline : stop);
  }
  lane.end(lane.refusal ?? runEnded());
}
