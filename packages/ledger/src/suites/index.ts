export { describeObjectStore } from "./object-store-suite.ts";
export type { ObjectStoreHarness } from "./object-store-suite.ts";
