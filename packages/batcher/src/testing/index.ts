export { describeChangeSource } from "./change-source-suite.ts";
export type { ChangeSourceHarness } from "./change-source-suite.ts";
export { createMemoryCarrier } from "./memory-source.ts";
export type { MemoryCarrier, MemorySource } from "./memory-source.ts";
export { createMemoryStore } from "./memory-store.ts";
export type { MemoryStore } from "./memory-store.ts";
export { describeObjectStore } from "./object-store-suite.ts";
export type { ObjectStoreHarness } from "./object-store-suite.ts";
