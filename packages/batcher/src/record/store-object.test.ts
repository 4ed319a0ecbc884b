import { describe, expect, test } from "vitest";
import { boundStore } from "./bounded-store.ts";
import type { BatcherEvent } from "../events.ts";
import { codeOf } from "../error-code.ts";
import type { ObjectStore } from "../ports.ts";
import { createScheduler } from "../simulation/scheduler.ts";
import { storeObject } from "./store-object.ts";
import type { Patience } from "./store-object.ts";
import { createMemoryStore, MemoryStoreError } from "../testing/memory-store.ts";

const object = { key: "erp/a/x.json", bytes: new TextEncoder().encode("1") };

/** A store whose `create` has these outcomes in turn, then works: a code, or a promise in its place. */
function storeWith(...outcomes: (string | Promise<void>)[]): ObjectStore & { readonly sent: Uint8Array[] } {
  const store = createMemoryStore();
  const sent: Uint8Array[] = [];
  return {
    ...store,
    sent,
    async create(key, bytes) {
      sent.push(bytes);
      const outcome = outcomes.shift();
      if (typeof outcome === "string") throw Object.assign(new Error("planned"), { code: outcome });
      await (outcome ?? store.create(key, bytes));
    },
  };
}

interface Attempt {
  readonly events: BatcherEvent[];
  readonly cut: AbortController;
  readonly outcome: Promise<string>;
  /** Lets virtual time pass until nothing is left to do. */
  rest(): Promise<void>;
}

/** Stores the object on a virtual clock. The outcome is a code, or "stored" and when. */
function attempt(store: ObjectStore, random = 0): Attempt {
  const [scheduler, cut] = [createScheduler(0), new AbortController()];
  const events: BatcherEvent[] = [];
  const onEvent = (event: BatcherEvent): void => void events.push(event);
  const patience: Patience = { clock: scheduler.clock, random: () => random, onEvent, cut: cut.signal };
  const outcome = storeObject(boundStore(store, cut.signal), object, patience).then(
    () => `stored at ${scheduler.now}`,
    (error: unknown) => codeOf(error) ?? "no code",
  );
  const rest = async (): Promise<void> => {
    while (await scheduler.step());
  };
  return { events, cut, outcome, rest };
}

describe("an object", () => {
  test("goes once where the store takes it, without a word", async () => {
    const store = storeWith();
    const { outcome, events } = attempt(store);
    expect(await outcome).toBe("stored at 0");
    expect(store.sent).toHaveLength(1);
    expect(events).toEqual([]);
  });

  test.each(["OUTCOME_UNKNOWN", "UNAVAILABLE"])("goes again, the same bytes, after %s", async (code) => {
    const store = storeWith(code, code, code);
    const { outcome, events, rest } = attempt(store);
    await rest();
    expect(await outcome).toBe("stored at 700");
    expect(store.sent).toEqual([object.bytes, object.bytes, object.bytes, object.bytes]);
    expect(events).toEqual([
      { type: "store-waiting", code, sinceMs: 0, retryInMs: 100 },
      { type: "store-waiting", code, sinceMs: 100, retryInMs: 200 },
      { type: "store-waiting", code, sinceMs: 300, retryInMs: 400 },
      { type: "store-back", afterMs: 700 },
    ]);
  });

  test.each(["KEY_CONFLICT", "BAD_KEY", "CRASH"])("does not go again after %s, which is passed on", async (code) => {
    const store = storeWith(code);
    expect(await attempt(store).outcome).toBe(code);
    expect(store.sent).toHaveLength(1);
  });

  test("a conflict after an unclear answer is passed on too", async () => {
    const { outcome, rest } = attempt(storeWith("OUTCOME_UNKNOWN", "KEY_CONFLICT"));
    await rest();
    expect(await outcome).toBe("KEY_CONFLICT");
  });
});

test("the time to wait uses the random that is injected", async () => {
  const { outcome, rest } = attempt(storeWith("UNAVAILABLE"), 0.5);
  await rest();
  expect(await outcome).toBe("stored at 75");
});

describe("cut short", () => {
  test("while it waits to try again", async () => {
    const { outcome, cut } = attempt(storeWith(...Array.from({ length: 99 }, () => "UNAVAILABLE")));
    await new Promise((resolve) => setImmediate(resolve));
    cut.abort();
    expect(await outcome).toBe("CUT_SHORT");
  });

  test("while the store never answers", async () => {
    const { outcome, cut } = attempt(storeWith(new Promise(() => {})));
    await new Promise((resolve) => setImmediate(resolve));
    cut.abort();
    expect(await outcome).toBe("CUT_SHORT");
  });

  test("a refusal that comes too late is nobody's unhandled rejection", async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const { outcome, cut } = attempt(storeWith(promise));
    cut.abort();
    expect(await outcome).toBe("CUT_SHORT");
    reject(new MemoryStoreError("BAD_KEY", "late"));
    await new Promise((resolve) => setImmediate(resolve));
  });
});
