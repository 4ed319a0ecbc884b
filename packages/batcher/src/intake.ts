import type { ChangeSource, Delivery, PullOptions } from "./ports.ts";
import { unlessCut } from "./unless-cut.ts";

/** Pulls from a source, for one run after another. */
export interface Intake {
  /**
   * The next deliveries, or those of an earlier call that was not waited for: a source gives nothing twice by itself, and is asked once at a
   * time. None once `enough` is aborted: what comes then is kept for the next call.
   */
  pull(options: PullOptions, enough: AbortSignal): Promise<Delivery[]>;
}

/** Creates the intake of a source that nobody pulls from. */
export function createIntake(source: ChangeSource): Intake {
  let underWay: Promise<Delivery[]> | undefined;
  return {
    async pull(options, enough) {
      underWay ??= source.pull(options);
      try {
        const deliveries = await unlessCut(enough, underWay);
        underWay = undefined;
        return deliveries;
      } catch (error) {
        if (enough.aborted) return [];
        underWay = undefined;
        throw error;
      }
    },
  };
}
