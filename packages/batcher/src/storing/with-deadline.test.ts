import { expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import { withDeadline } from "./with-deadline.ts";
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

test("before the deadline, the store works as it is", async () => {
  const store = withDeadline(createMemoryStore(), NEVER);
  await store.create("erp/a", bytes);
  await store.create("erp/b", bytes);
  expect(await store.get("erp/a")).toEqual(bytes);
  expect(await keysOf(store)).toEqual(["erp/a", "erp/b"]);
});

test("a call that hangs ends at the deadline, and no call begins after it", async () => {
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
  const deadline = new AbortController();
  const store = withDeadline(hanging, deadline.signal);
  const before = callsOf(store);
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toBe(3);
  deadline.abort();
  for (const call of [...before, ...callsOf(store)]) await expect(call).rejects.toMatchObject({ code: "RUN_ENDED" });
  expect(begun).toBe(3);
});

test("a listing that is left early also ends the listing of the store", async () => {
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
  for await (const key of withDeadline(listing, NEVER).list("")) {
    expect(key).toBe("erp/a");
    break;
  }
  expect(hasEnded).toBe(true);
});

test("an error without a code becomes STORE_FAILED, whatever was thrown, and one with a code keeps it", async () => {
  const failing = (error: unknown): ObjectStore => {
    const fail = (): never => {
      throw error;
    };
    return { get: fail, create: fail, list: fail };
  };
  for (const call of callsOf(withDeadline(failing(new Error("boom")), NEVER)))
    await expect(call).rejects.toMatchObject({ code: "STORE_FAILED", message: expect.stringContaining("boom") });
  for (const call of callsOf(withDeadline(failing("boom"), NEVER)))
    await expect(call).rejects.toMatchObject({ code: "STORE_FAILED" });
  for (const call of callsOf(withDeadline(failing(Object.assign(new Error("x"), { code: "UNAVAILABLE" })), NEVER)))
    await expect(call).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
