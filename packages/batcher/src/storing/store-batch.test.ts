import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import { append, ids, idsOf, runUntilQuiet, STREAM } from "../fixtures/run-until-quiet.ts";
import { createMemoryCarrier } from "../testing/memory-source.ts";
import type { MemoryCarrier } from "../testing/memory-source.ts";
import { sampleChange } from "../testing/sample-delivery.ts";

describe("two writers", () => {
  test("lose no change when one loses a slot: it seals what the other did not record, on top", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 10);
    let hasRaced = false;
    const racing: ObjectStore = {
      get: store.get,
      list: store.list,
      async create(key, bytes) {
        if (key.includes("/chain/") && !hasRaced) {
          // The other writer takes the slot first, with half of the changes.
          hasRaced = true;
          const other = createMemoryCarrier();
          append(other, 5);
          await runUntilQuiet(other.open(), store);
        }
        await store.create(key, bytes);
      },
    };
    const { events, error } = await runUntilQuiet(carrier.open(), racing);
    expect(error).toBeUndefined();
    expect(events.some(({ type }) => type === "slot-lost")).toBe(true);
    expect(await idsOf(store)).toEqual(ids(10));
    expect(carrier.committed(STREAM)).toBe("10-0");
  });

  test.each([
    ["two streams that feed one chain", ["s1", "s2"], 10],
    ["a full batch and the rest of it", ["s1"], 4],
  ])("record nothing twice after a lost slot: %s", async (_, streams, batchSize) => {
    const store = createMemoryStore();
    const fill = (): MemoryCarrier => {
      const carrier = createMemoryCarrier();
      for (const stream of streams)
        for (const id of ids(6)) carrier.append(stream, id, sampleChange(Number.parseInt(id, 10)));
      return carrier;
    };
    let hasRaced = false;
    const racing: ObjectStore = {
      get: store.get,
      list: store.list,
      async create(key, bytes) {
        if (key.includes("/chain/") && !hasRaced) {
          // The other writer records everything, in batches of another size.
          hasRaced = true;
          await runUntilQuiet(fill().open(), store, { policy: { batchSize: 5 } });
        }
        await store.create(key, bytes);
      },
    };
    const { events } = await runUntilQuiet(fill().open(), racing, { policy: { batchSize } });
    expect(events.some(({ type }) => type === "slot-lost")).toBe(true);
    expect(await idsOf(store)).toHaveLength(6 * streams.length);
  });

  test("record each change once when they share a carrier and a store", async () => {
    const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
    append(carrier, 100);
    const outcomes = await Promise.all(
      [1, 2].map(() => runUntilQuiet(carrier.open(), store, { policy: { batchSize: 9 } })),
    );
    expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(await idsOf(store)).toEqual(ids(100));
  });
});
