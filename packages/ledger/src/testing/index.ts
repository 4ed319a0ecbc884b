export { createLyingReader } from "./lying-reader.ts";
export type { Lie } from "./lying-reader.ts";
export { createMemoryStore, MemoryStoreError } from "./memory-store.ts";
export type { MemoryStore } from "./memory-store.ts";
export { sampleAnchorDocument, sampleBatch, sampleBatches, sampleChain } from "./sample-batches.ts";
export type { SampleBatch, SampleBatchOptions } from "./sample-batches.ts";
