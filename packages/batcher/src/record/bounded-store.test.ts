import { expect, test } from "vitest";
import { boundStore } from "./bounded-store.ts";
import type { ObjectStore } from "../ports.ts";
import { createMemoryStore } from "../testing/memory-store.ts";

const NEVER = new AbortController().signal;
const bytes = new TextEncoder().encode("1");

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list("erp/")) keys.push(key);
  return keys;
}

const callsOf = (store: ObjectStore): Promise<unknown>[] => [
  store.get("erp/a"),
  store.create("erp/a", bytes),
  keysOf(store),
];

test("a store gives what it gives", async () => {
  const store = boundStore(createMemoryStore(), NEVER);
  await store.create("erp/a", bytes);
  await store.create("erp/b", bytes);
  expect(await store.get("erp/a")).toEqual(bytes);
  expect(await keysOf(store)).toEqual(["erp/a", "erp/b"]);
});

test("a call that hangs ends with the cut, and none begins after it", async () => {
  let begun = 0;
  const hang = async (): Promise<never> => {
    begun += 1;
    return new Promise(() => {});
  };
  const hanging: ObjectStore = {
    get: hang,
    create: hang,
    async *list() {
      yield await hang();
    },
  };
  const cut = new AbortController();
  const store = boundStore(hanging, cut.signal);
  const before = callsOf(store);
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toBe(3);
  cut.abort();
  for (const call of [...before, ...callsOf(store)]) await expect(call).rejects.toMatchObject({ code: "CUT_SHORT" });
  expect(begun).toBe(3);
});

test("a listing ends in the middle, and the store's own with it where nobody asks further", async () => {
  let hasEnded = false;
  const listing: ObjectStore = {
    ...createMemoryStore(),
    async *list() {
      try {
        yield "erp/a";
        yield "erp/b";
      } finally {
        hasEnded = true;
      }
    },
  };
  for await (const key of boundStore(listing, NEVER).list("")) {
    expect(key).toBe("erp/a");
    break;
  }
  expect(hasEnded).toBe(true);
});

test("an error without a code gets one, whatever was thrown; one with a code keeps it", async () => {
  const failing = (error: unknown): ObjectStore => {
    const fail = (): never => {
      throw error;
    };
    return { get: fail, create: fail, list: fail };
  };
  for (const call of callsOf(boundStore(failing(new Error("boom")), NEVER)))
    await expect(call).rejects.toMatchObject({ code: "STORE_FAILED", message: expect.stringContaining("boom") });
  for (const call of callsOf(boundStore(failing("boom"), NEVER)))
    await expect(call).rejects.toMatchObject({ code: "STORE_FAILED" });
  for (const call of callsOf(boundStore(failing(Object.assign(new Error("x"), { code: "UNAVAILABLE" })), NEVER)))
    await expect(call).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
