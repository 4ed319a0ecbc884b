import type { Batching } from "./batching.ts";
import { codeOf } from "./error-code.ts";

/** Stores what is held. Gives what stood against that: what a chain refused, or else CUT_SHORT when there was no more time. */
export async function drain({ lanes }: Batching): Promise<unknown> {
  // A crash in here, like the cut, costs what is held: it comes again.
  const outcomes = await Promise.allSettled(Array.from(lanes.all, (lane) => lane.flush()));
  const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  // What was thrown away because the source stepped back comes again too, and is no failure.
  const failures = reasons.filter((reason) => codeOf(reason) !== "STEPPED_BACK");
  return failures.find((reason) => codeOf(reason) !== "CUT_SHORT") ?? failures[0];
}
