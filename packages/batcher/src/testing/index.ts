export { createMemoryAnchor, MemoryAnchorError } from "./memory-anchor.ts";
export type { MemoryAnchor } from "./memory-anchor.ts";
export { createMemoryCarrier } from "./memory-source.ts";
export type { MemoryCarrier, MemorySource, SentEntry } from "./memory-source.ts";
export { sampleChange, sampleDelivery } from "./sample-delivery.ts";
export { sampleWriter } from "./sample-writer.ts";
export { createScheduler } from "./scheduler.ts";
export type { Scheduler } from "./scheduler.ts";
