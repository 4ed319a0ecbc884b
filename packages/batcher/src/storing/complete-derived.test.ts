import { describe, expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import type { MemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "../batcher.ts";
import { append, runUntilQuiet } from "../fixtures/run-until-quiet.ts";
import { createMemoryCarrier } from "../testing/memory-source.ts";
import type { MemoryCarrier } from "../testing/memory-source.ts";
import { sampleWriter } from "../testing/sample-writer.ts";
import { LOOK_BACK } from "./complete-derived.ts";

const isDerived = (key: string): boolean => key.endsWith("merkle-tree.json") || key.includes("/indices/");

/** A store that lost every derived document, and a carrier with one change more. */
interface LostDerived {
  readonly carrier: MemoryCarrier;
  readonly store: MemoryStore;
  /** The keys of the derived documents, and their bytes, oldest batch first. */
  readonly derived: ReadonlyMap<string, Uint8Array>;
}

async function loseDerived(batches: number): Promise<LostDerived> {
  const [carrier, store] = [createMemoryCarrier(), createMemoryStore()];
  const derived = new Map<string, Uint8Array>();
  for (let seq = 0; seq < batches; seq += 1) {
    append(carrier, 1, { firstId: seq + 1 });
    await runUntilQuiet(carrier.open(), store);
    for (const key of store.keys().filter(isDerived))
      if (!derived.has(key)) derived.set(key, (await store.get(key)) ?? new Uint8Array());
  }
  for (const key of derived.keys()) store.lose(key);
  append(carrier, 1, { firstId: batches + 1 });
  return { carrier, store, derived };
}

/** Runs a batcher whose process is killed once this many derived documents were created. */
async function killAfter(documents: number, { carrier, store }: LostDerived): Promise<void> {
  const killed = Promise.withResolvers<void>();
  let created = 0;
  const dying: ObjectStore = {
    ...store,
    async create(key, bytes) {
      if (created === documents) return new Promise(() => killed.resolve());
      if (isDerived(key)) created += 1;
      return store.create(key, bytes);
    },
  };
  const run = createBatcher({ source: carrier.open(), store: dying }, { ...sampleWriter, drainMs: 0 });
  const stop = new AbortController();
  const done = run.run(stop.signal).catch(() => undefined);
  await killed.promise;
  stop.abort();
  await done;
}

const missingIn = ({ store, derived }: LostDerived): string[] =>
  [...derived.keys()].filter((key) => !store.keys().includes(key));

describe("derived documents that crashes left out", () => {
  test.each([1, 4, 5, 8, 12])("are completed, also after a second crash when %i were created", async (documents) => {
    const lost = await loseDerived(4);
    await killAfter(documents, lost);
    expect(missingIn(lost).length).toBeGreaterThan(0);
    expect((await runUntilQuiet(lost.carrier.open(), lost.store)).error).toBeUndefined();
    expect(missingIn(lost)).toEqual([]);
    for (const [key, bytes] of lost.derived) expect(await lost.store.get(key)).toEqual(bytes);
  });

  test("are completed from the oldest batch on, so that no hole is left behind a complete one", async () => {
    const lost = await loseDerived(4);
    await killAfter(5, lost);
    const standing = [...lost.derived.keys()].map((key) => lost.store.keys().includes(key));
    expect(standing.slice(0, 4)).toEqual([true, true, true, true]);
    expect(standing.slice(8)).not.toContain(true);
  });

  test.each([1, 2, 3])("are completed behind %i complete batches, which another version left", async (complete) => {
    const lost = await loseDerived(5);
    for (const [key, bytes] of [...lost.derived].slice(-4 * complete)) await lost.store.create(key, bytes);
    await runUntilQuiet(lost.carrier.open(), lost.store);
    expect(missingIn(lost)).toEqual([]);
  });

  test("are looked for in a bounded number of batches at each start", async () => {
    const lost = await loseDerived(LOOK_BACK + 10);
    const listed = new Set<string>();
    const store: ObjectStore = {
      ...lost.store,
      list(prefix, after) {
        if (prefix.includes("BATCH-")) listed.add(prefix);
        return lost.store.list(prefix, after);
      },
    };
    await runUntilQuiet(lost.carrier.open(), store);
    expect(listed.size).toBe(LOOK_BACK - 1);
    expect(missingIn(lost)).toHaveLength(4 * 10);
  });

  test("of an old batch that cannot be read stop nothing", async () => {
    const lost = await loseDerived(5);
    for (const [key, bytes] of [...lost.derived].slice(4)) await lost.store.create(key, bytes);
    const folder = missingIn(lost)[0]?.split("merkle-tree")[0]?.split("indices")[0] ?? "?";
    lost.store.lose(`${folder}batch-data.json`);
    const { error } = await runUntilQuiet(lost.carrier.open(), lost.store);
    expect(error).toBeUndefined();
    expect(missingIn(lost)).toHaveLength(4);
  });
});
