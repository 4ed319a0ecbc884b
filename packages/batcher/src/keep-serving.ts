import { backOff } from "./waiting/back-off.ts";
import type { Batching } from "./batching.ts";
import { codeOf, isAway, messageOf } from "./error-code.ts";
import type { Lane } from "./lanes/lane.ts";
import { serve } from "./run.ts";
import { STORE_RESTS } from "./record/store-object.ts";
import { cutShort } from "./waiting/unless-cut.ts";

/**
 * Serves a lane until the run is cut, whatever becomes of its chain: another writer's slot, a store that is away and a refusal end alike, in
 * asking again of everything that has no slot. So one chain's trouble is its own. `stop` ends its rest: it tries once more. Rejects only with a fault of ours, which bears no code.
 */
export async function keepServing(batching: Batching, lane: Lane, stop: AbortSignal): Promise<void> {
  const { source, clock, onEvent, cut } = batching;
  const { chain } = lane;
  let failures = 0;
  let awaySince: number | undefined;
  const onProgress = (): void => {
    if (lane.refusal !== undefined) onEvent({ type: "chain-back", chain });
    if (awaySince !== undefined) onEvent({ type: "store-back", afterMs: clock.now() - awaySince });
    [failures, awaySince, lane.refusal] = [0, undefined, undefined];
  };
  while (!cut.aborted) {
    // Now, not before it rested: what it holds may be of an older generation since, and would stand in the way of its own redelivery.
    lane.askAgain(source.generation);
    const error = await serve(batching, lane, onProgress).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined || cut.aborted) continue;
    const code = codeOf(error);
    if (code === undefined) {
      lane.end(error);
      throw error;
    }
    failures += 1;
    // The first lost slot is no reason to wait: the next one is free.
    if (code === "KEY_CONFLICT" && failures === 1) continue;
    const retryInMs = backOff(failures, batching.random(), STORE_RESTS);
    if (isAway(code)) {
      awaySince ??= clock.now();
      onEvent({ type: "store-waiting", code, sinceMs: clock.now() - awaySince, retryInMs });
    } else if (code !== "KEY_CONFLICT") {
      lane.refusal = error;
      onEvent({ type: "chain-refused", chain, code, message: messageOf(error), retryInMs });
      // Whoever waits for a flush is not kept waiting for what no waiting mends.
      lane.failFlush(error);
    }
    // Asked to stop, it tries once more at once: what is refused then ends the drain.
    await clock.sleep(retryInMs, stop.aborted ? cut : stop);
  }
  lane.end(lane.refusal ?? cutShort());
}
