import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { codeOf } from "@etrap/ledger";
import { createMemoryStore, MemoryStoreError } from "@etrap/ledger/testing";
import { withDeadline } from "./with-deadline.ts";
import type { BatcherEvent } from "../events.ts";
import { createScheduler } from "../testing/scheduler.ts";
import { storeObject } from "./store-object.ts";
import type { RetryContext } from "../wait/retry-context.ts";

const object = { key: "erp/a/x.json", bytes: new TextEncoder().encode("1") };

/**
 * Creates a store whose `create` has these outcomes in turn, each a code or a promise, and then
 * works.
 */
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
  readonly deadline: AbortController;
  readonly outcome: Promise<string>;
  /** Lets virtual time pass until nothing is planned. */
  rest(): Promise<void>;
}

/** Stores the object on a virtual clock. The outcome is a code, or "stored" and the time. */
function attempt(store: ObjectStore, random = 0): Attempt {
  const [scheduler, deadline] = [createScheduler(0), new AbortController()];
  const events: BatcherEvent[] = [];
  const onEvent = (event: BatcherEvent): void => void events.push(event);
  const context: RetryContext = { clock: scheduler.clock, random: () => random, onEvent, deadline: deadline.signal };
  const outcome = storeObject(withDeadline(store, deadline.signal), object, context).then(
    () => `stored at ${scheduler.now}`,
    (error: unknown) => codeOf(error) ?? "no code",
  );
  const rest = async (): Promise<void> => {
    while (await scheduler.step());
  };
  return { events, deadline, outcome, rest };
}

describe("an object", () => {
  test("is sent once, without an event, where the store accepts it", async () => {
    const store = storeWith();
    const { outcome, events } = attempt(store);
    expect(await outcome).toBe("stored at 0");
    expect(store.sent).toHaveLength(1);
    expect(events).toEqual([]);
  });

  test.each(["OUTCOME_UNKNOWN", "UNAVAILABLE"])("is sent again with the same bytes after %s", async (code) => {
    const store = storeWith(code, code, code);
    const { outcome, events, rest } = attempt(store);
    await rest();
    expect(await outcome).toBe("stored at 700");
    expect(store.sent).toEqual([object.bytes, object.bytes, object.bytes, object.bytes]);
    expect(events).toEqual([
      { type: "store-waiting", code, message: "planned", sinceMs: 0, retryInMs: 100 },
      { type: "store-waiting", code, message: "planned", sinceMs: 100, retryInMs: 200 },
      { type: "store-waiting", code, message: "planned", sinceMs: 300, retryInMs: 400 },
      { type: "store-back", afterMs: 700 },
    ]);
  });

  test.each(["KEY_CONFLICT", "BAD_KEY", "CRASH"])("is not sent again after %s, which is passed on", async (code) => {
    const store = storeWith(code);
    expect(await attempt(store).outcome).toBe(code);
    expect(store.sent).toHaveLength(1);
  });

  test("may conflict after an unclear answer, which is passed on too", async () => {
    const { outcome, rest } = attempt(storeWith("OUTCOME_UNKNOWN", "KEY_CONFLICT"));
    await rest();
    expect(await outcome).toBe("KEY_CONFLICT");
  });
});

test("the wait uses the random number that is injected", async () => {
  const { outcome, rest } = attempt(storeWith("UNAVAILABLE"), 0.5);
  await rest();
  expect(await outcome).toBe("stored at 75");
});

describe("the deadline", () => {
  test("ends the wait before the next attempt", async () => {
    const { outcome, deadline } = attempt(storeWith(...Array.from({ length: 99 }, () => "UNAVAILABLE")));
    await new Promise((resolve) => setImmediate(resolve));
    deadline.abort();
    expect(await outcome).toBe("RUN_ENDED");
  });

  test("ends the wait for a store that never answers", async () => {
    const { outcome, deadline } = attempt(storeWith(new Promise(() => {})));
    await new Promise((resolve) => setImmediate(resolve));
    deadline.abort();
    expect(await outcome).toBe("RUN_ENDED");
  });

  test("leaves no unhandled rejection when the store refuses later", async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const { outcome, deadline } = attempt(storeWith(promise));
    deadline.abort();
    expect(await outcome).toBe("RUN_ENDED");
    reject(new MemoryStoreError("BAD_KEY", "late"));
    await new Promise((resolve) => setImmediate(resolve));
  });
});
