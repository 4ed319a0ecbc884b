import type { BatcherEvent } from "@etrap/batcher";
import type { MemoryAnchor, MemoryCarrier, Scheduler } from "@etrap/batcher/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import type { FaultPlan } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { LedgerWatch } from "./watch-ledger.ts";
import type { TurnWatch } from "./watch-turns.ts";

/** The state that all processes of one simulation share. */
export interface World {
  readonly scheduler: Scheduler;
  readonly scenario: Scenario;
  readonly carrier: MemoryCarrier;
  readonly store: MemoryStore;
  readonly anchor: MemoryAnchor;
  readonly watch: LedgerWatch;
  readonly turns: TurnWatch;
  readonly random: Random;
  /** Decides which calls fail. Once all is calm, none does. */
  faults: FaultPlan;
  /** The number of calls so far. */
  calls: number;
  readonly trace: string[];
  readonly events: BatcherEvent[];
}
