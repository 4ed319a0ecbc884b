import { expect, test } from "vitest";
import { MAX_OBJECT_BYTES } from "../object-store.ts";
import { createMemoryStore } from "./memory-store.ts";

test("an object that is too large is refused, as by every store", async () => {
  const store = createMemoryStore();
  await store.create("a/b", new Uint8Array(MAX_OBJECT_BYTES + 1));
  await expect(store.get("a/b")).rejects.toMatchObject({ code: "DAMAGED", message: expect.stringMatching(/^a\/b: /) });
});
