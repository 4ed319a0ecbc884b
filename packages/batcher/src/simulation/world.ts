import type { BatcherEvent } from "../events.ts";
import type { MemoryAnchor } from "../testing/memory-anchor.ts";
import type { MemoryCarrier } from "../testing/memory-source.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import type { FaultPlan } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import type { Scheduler } from "./scheduler.ts";
import type { RecordWatch } from "./watch-record.ts";

/** What every process of one simulation shares. */
export interface World {
  readonly scheduler: Scheduler;
  readonly scenario: Scenario;
  readonly carrier: MemoryCarrier;
  readonly store: MemoryStore;
  readonly anchor: MemoryAnchor;
  readonly watch: RecordWatch;
  readonly random: Random;
  /** Which calls go wrong; none any more once it is calm. */
  faults: FaultPlan;
  /** Calls to the world so far. */
  calls: number;
  readonly trace: string[];
  readonly events: BatcherEvent[];
}
