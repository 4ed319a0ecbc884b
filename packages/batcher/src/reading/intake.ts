import type { ChangeSource, Delivery, PullOptions } from "../ports.ts";
import { unlessCut } from "../waiting/unless-cut.ts";

/** Pulls from a source, for one run after another. */
export interface Intake {
  /**
   * The next deliveries, or those of an earlier call that was not waited for: a source gives nothing twice by itself, and is asked once at a
   * time. None once `enough` is aborted: what comes then is kept for the next call.
   */
  pull(options: PullOptions, enough: AbortSignal): Promise<Delivery[]>;
  /** Commits what needs no record, with what an earlier call was cut off from committing. */
  commitSkips(skips: readonly Delivery[], cut: AbortSignal): Promise<void>;
}

/** Creates the intake of a source that nobody pulls from. */
export function createIntake(source: ChangeSource): Intake {
  let underWay: Promise<Delivery[]> | undefined;
  let uncommitted: Delivery[] = [];
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
    async commitSkips(skips, cut) {
      uncommitted = [...uncommitted, ...skips];
      if (uncommitted.length === 0) return;
      try {
        // A crash before this commit costs skipping the same entries once more.
        await unlessCut(cut, source.commit(uncommitted));
        uncommitted = [];
      } catch (error) {
        if (!cut.aborted) throw error;
      }
    },
  };
}
