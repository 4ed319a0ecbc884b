import { DEFAULT_ANCHOR_POLICY } from "../anchoring/anchor-policy.ts";
import type { SimulationOptions } from "./simulate.ts";

/**
 * A quiet stretch of changes, poison, skips and a gap: one process from beginning to end, which stores and anchors, and in which nothing goes
 * wrong but what is planned.
 */
export const QUIET: SimulationOptions = {
  seed: 68,
  restarts: false,
  scenario: {
    writers: 1,
    outages: [],
    drainMs: 1_000,
    anchorPolicy: { ...DEFAULT_ANCHOR_POLICY, firstRetryMs: 20, parkedRetryMs: 200, longestParkedMs: 1_000 },
  },
};
