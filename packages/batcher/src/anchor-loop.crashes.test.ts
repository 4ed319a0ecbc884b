import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryStoreError, sampleBatches } from "@etrap/ledger/testing";
import {
  account,
  booking,
  createWorld,
  expectAnchored,
  putInto,
  range,
  runLoop,
  seqsOf,
  typesOf,
} from "./fixtures/anchor-world.ts";
import { killAt } from "./fixtures/kill-at.ts";

describe("every batch is anchored once", () => {
  const batches = [...sampleBatches(4, account), ...sampleBatches(2, booking)];

  test.each([true, false])("after a crash at any call, with its effect: %s", async (isApplied) => {
    let crashes = 0;
    for (let at = 1; ; at += 1) {
      const world = await createWorld(...batches);
      const faulty = killAt(world, at, isApplied);
      await runLoop(world, { ...faulty, policy: { maxPerCall: 3 } });
      if (!faulty.wasKilled()) break;
      crashes += 1;
      await runLoop(world);
      await expectAnchored(world, batches);
      expect(seqsOf(world.anchor.minted, account)).toEqual(range(4));
    }
    expect(crashes).toBeGreaterThan(20);
  });

  test.each([true, false])(
    "from now on, after a crash at any call, also between the mint of the first and its anchor.json, with its effect: %s",
    async (isApplied) => {
      const policy = { anchorFrom: "now" } as const;
      const next = sampleBatches(6, account).slice(4);
      let crashes = 0;
      for (let at = 1; ; at += 1) {
        const world = await createWorld(...batches);
        const faulty = killAt(world, at, isApplied);
        await runLoop(world, { ...faulty, policy });
        if (!faulty.wasKilled()) break;
        crashes += 1;
        await runLoop(world, { policy });
        for (const batch of next) await putInto(world.store, batch);
        await runLoop(world, { policy });
        await expectAnchored(world, [...batches.slice(3, 4), ...batches.slice(5), ...next]);
        expect(seqsOf(world.anchor.minted, account)).toEqual([3, 4, 5]);
        expect(seqsOf(world.anchor.minted, booking)).toEqual([1]);
      }
      expect(crashes).toBeGreaterThan(20);
    },
  );

  test("after several crashes", async () => {
    const crash = fc.record({ at: fc.integer({ min: 1, max: 60 }), isApplied: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(crash, { minLength: 1, maxLength: 6 }), async (crashes) => {
        const world = await createWorld(...batches);
        for (const { at, isApplied } of crashes)
          await runLoop(world, { ...killAt(world, at, isApplied), policy: { maxPerCall: 3 } });
        await runLoop(world);
        await expectAnchored(world, batches);
      }),
      { numRuns: 60 },
    );
  });

  test("when calls fail, with or without their effect", async () => {
    const outcome = fc.constantFrom("none", "none", "lost", "unclear");
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 60 }), async (outcomes) => {
        const world = await createWorld(...batches);
        const remaining = [...outcomes];
        const step = async <T>(act: () => Promise<T>): Promise<T> => {
          const next = remaining.shift();
          if (next === "lost") throw new MemoryStoreError("UNAVAILABLE", "away");
          const result = await act();
          if (next === "unclear") throw new MemoryStoreError("OUTCOME_UNKNOWN", "cannot tell");
          return result;
        };
        await runLoop(world, {
          policy: { maxPerCall: 3 },
          store: {
            ...world.store,
            get: (key) => step(() => world.store.get(key)),
            create: (key, bytes) => step(() => world.store.create(key, bytes)),
          },
          anchor: {
            ...world.anchor,
            publish: (publications, signal) => step(() => world.anchor.publish(publications, signal)),
            chainHead: (chain) => step(() => world.anchor.chainHead(chain)),
          },
        });
        await expectAnchored(world, batches);
      }),
      { numRuns: 60 },
    );
  });

  test("when two agents work on one store", async () => {
    const world = await createWorld(...batches);
    const [one, other] = await Promise.all([runLoop(world, { policy: { maxPerCall: 2 } }), runLoop(world)]);
    await expectAnchored(world, batches);
    expect(typesOf([...one.events, ...other.events])).not.toContain("anchor-differs");
  });
});
