import { expect, test } from "vitest";
import { describeObjectStore } from "../suites/object-store-suite.ts";
import { createMemoryStore, MemoryStoreError } from "./memory-store.ts";

describeObjectStore("the memory store", async () => {
  const store = createMemoryStore();
  return { store, reopen: async () => store, close: async () => {} };
});

test("an error of the memory store keeps its code", () => {
  expect(new MemoryStoreError("KEY_CONFLICT", "x")).toMatchObject({ code: "KEY_CONFLICT" });
});
