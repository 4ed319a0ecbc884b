import type { Rules } from "@etrap/proof";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "./batcher.ts";
import type { Batcher } from "./batcher.ts";
import type { BatcherEvent } from "./events.ts";
import { account, append, control, STREAM } from "./fixtures/run-until-quiet.ts";
import { createWorld, eventsOf, startRun } from "./fixtures/batcher-world.ts";
import type { BatcherOptions } from "./options/options.ts";
import { createMemoryCarrier } from "./testing/memory-source.ts";
import type { MemoryCarrier } from "./testing/memory-source.ts";
import { sampleChange } from "./testing/sample-delivery.ts";
import { sampleWriter } from "./testing/sample-writer.ts";

type EventType = BatcherEvent["type"];

/** Runs a batcher once. Returns it, and its events of a type. */
async function runOnce<T extends EventType>(
  type: T,
  carrier: MemoryCarrier,
  { store = createMemoryStore(), ...options }: Partial<BatcherOptions> & { readonly store?: MemoryStore } = {},
): Promise<{ readonly batcher: Batcher; readonly events: Extract<BatcherEvent, { type: T }>[] }> {
  const events: Extract<BatcherEvent, { type: T }>[] = [];
  const onEvent = (event: BatcherEvent): void => {
    if (isOf(event, type)) events.push(event);
  };
  const batcher = createBatcher({ source: carrier.open(), store }, { ...sampleWriter, ...options, onEvent });
  await batcher.runOnce();
  return { batcher, events };
}

function isOf<T extends EventType>(event: BatcherEvent, type: T): event is Extract<BatcherEvent, { type: T }> {
  return event.type === type;
}

const rulesOf = (rules: Partial<Rules>): Pick<BatcherOptions, "rules"> => {
  return { rules: { ...sampleWriter.rules, ...rules } };
};

describe("poison", () => {
  const poisoned = (): MemoryCarrier => {
    const carrier = createMemoryCarrier();
    append(carrier, 5, {
      entryAt: (number) => {
        if (number === 2) return { kind: "poison", database: "erp", reason: "NOT_JSON" };
        return sampleChange(number, number === 4 ? { schema: "\ud800" } : {});
      },
    });
    return carrier;
  };

  test("is reported with its stream, id and reason, and counted", async () => {
    const { batcher, events } = await runOnce("entry-poisoned", poisoned());
    const place = { type: "entry-poisoned", chain: control, stream: STREAM };
    expect(events).toEqual([
      { ...place, id: "2-0", reason: "NOT_JSON" },
      { ...place, id: "4-0", reason: "NOT_RECORDABLE" },
    ]);
    expect(batcher.status().counts.poison).toEqual({ NOT_JSON: 1, NOT_RECORDABLE: 1 });
  });

  test("that is delivered again is not reported again", async () => {
    const store = createMemoryStore();
    await runOnce("entry-poisoned", poisoned(), { store });
    const { batcher, events } = await runOnce("entry-poisoned", poisoned(), { store });
    expect(events).toEqual([]);
    expect(batcher.status().counts.poison).toEqual({});
  });
});

describe("a column that is omitted", () => {
  test("is reported the first time for each chain, image, column and code, and counted each time", async () => {
    const carrier = createMemoryCarrier();
    const lossy = { after: { amount: "LOSSY_TYPE" } };
    append(carrier, 6, {
      entryAt: (number) =>
        sampleChange(number, {
          table: number === 6 ? "other" : "account",
          omitted: number === 5 ? { before: { amount: "REPLICA_IDENTITY" }, after: { amount: "LOSSY_TYPE" } } : lossy,
        }),
    });
    const { batcher, events } = await runOnce("column-omitted", carrier);
    const first = { type: "column-omitted", chain: account, part: "after", column: "amount", code: "LOSSY_TYPE" };
    expect(events).toHaveLength(3);
    expect(events).toEqual(
      expect.arrayContaining([
        first,
        { ...first, part: "before", code: "REPLICA_IDENTITY" },
        { ...first, chain: { ...account, table: "other" } },
      ]),
    );
    expect(batcher.status().counts.omitted).toEqual({ LOSSY_TYPE: 6, REPLICA_IDENTITY: 1 });
  });

  test("by a rule is reported as well", async () => {
    const carrier = createMemoryCarrier();
    append(carrier, 3);
    const { events } = await runOnce("column-omitted", carrier, rulesOf({ excluded_columns: ["*.owner"] }));
    expect(events).toMatchObject([{ part: "after", column: "owner", code: "EXCLUDED" }]);
  });

  test("is counted beyond the columns that are remembered, and reported no more", async () => {
    const carrier = createMemoryCarrier();
    append(carrier, 1, {
      entryAt: (number) => {
        const columns = Array.from({ length: 5_000 }, (_, index) => [`column ${index}`, "UNKNOWN_TYPE"] as const);
        return sampleChange(number, { omitted: { after: Object.fromEntries(columns) } });
      },
    });
    const { batcher, events } = await runOnce("column-omitted", carrier);
    expect(events).toHaveLength(4_096);
    expect(batcher.status().counts.omitted).toEqual({ UNKNOWN_TYPE: 5_000 });
  });
});

describe("a rule that matches nothing", () => {
  test("is reported when everything is left out by it, while the run goes on", async () => {
    const world = createWorld(rulesOf({ included_tables: ["public.acount"] }));
    const { stop } = startRun(world);
    world.append("account", 3);
    await world.until(() => eventsOf(world, "rule-unmatched").length > 0);
    const unmatched = { member: "rules.included_tables", rule: "public.acount", changes: 3 };
    expect(eventsOf(world, "rule-unmatched")).toEqual([{ type: "rule-unmatched", ...unmatched }]);
    expect(world.batcher.status().counts.skipped).toEqual({ TABLE_EXCLUDED: 3 });
    expect(await stop()).toBeUndefined();
    expect(eventsOf(world, "rule-unmatched")).toHaveLength(1);
  });

  test("is reported after a thousand changes, while the run goes on", async () => {
    const world = createWorld(rulesOf({ excluded_columns: ["public.account.ibann"] }));
    const { stop } = startRun(world);
    world.append("account", 999);
    await world.until(() => world.batcher.status().changes === 999);
    expect(eventsOf(world, "rule-unmatched")).toEqual([]);
    world.append("account", 1);
    await world.until(() => eventsOf(world, "rule-unmatched").length > 0);
    expect(eventsOf(world, "rule-unmatched")).toMatchObject([{ rule: "public.account.ibann", changes: 1_000 }]);
    expect(await stop()).toBeUndefined();
  });

  test("is reported at the end of a run of a few changes; those that match are not", async () => {
    const carrier = createMemoryCarrier();
    append(carrier, 4);
    const { events } = await runOnce("rule-unmatched", carrier, {
      ...rulesOf({ excluded_tables: ["audit.*"], excluded_columns: ["*.owner"] }),
      tablePolicies: [{ tables: "public.acount", policy: { batchSize: 1 } }],
    });
    expect(events.map(({ member, rule }) => [member, rule])).toEqual([
      ["rules.excluded_tables", "audit.*"],
      ["tablePolicies[0].tables", "public.acount"],
    ]);
  });

  test("is not reported of a run without a change", async () => {
    const rules = rulesOf({ included_tables: ["public.acount"] });
    expect((await runOnce("rule-unmatched", createMemoryCarrier(), rules)).events).toEqual([]);
  });
});

test("skips are counted by reason", async () => {
  const carrier = createMemoryCarrier();
  append(carrier, 5, {
    entryAt: (number) =>
      number < 3 ? { kind: "skip", reason: "TOMBSTONE" } : sampleChange(number, { schema: "audit" }),
  });
  const { batcher } = await runOnce("batch-stored", carrier, rulesOf({ excluded_tables: ["audit.*"] }));
  expect(batcher.status().counts).toEqual({ skipped: { TOMBSTONE: 2, TABLE_EXCLUDED: 3 }, poison: {}, omitted: {} });
});
