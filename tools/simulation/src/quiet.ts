import { DEFAULT_ANCHOR_POLICY } from "@etrap/batcher";
import type { SimulationOptions } from "./simulate.ts";

/**
 * A simulation without faults, restarts and outages: one process stores and anchors changes, poison
 * and a gap, and drops skips. Faults are added to it one by one.
 */
export const QUIET: SimulationOptions = {
  seed: 68,
  restarts: false,
  scenario: {
    writers: 1,
    outages: [],
    drainMs: 1_000,
    anchorPolicy: { ...DEFAULT_ANCHOR_POLICY, firstRetryMs: 20, longestRetryMs: 1_000 },
  },
};
