import { createMemoryStore } from "./memory-store.ts";
import { describeObjectStore } from "./object-store-suite.ts";

describeObjectStore("the memory store", async () => ({ store: createMemoryStore(), close: async () => {} }));
