import { expect, test } from "vitest";
import { sampleBatches } from "@etrap/ledger/testing";
import { anchorStored } from "./anchor-stored.ts";
import type { BatcherEvent } from "./events.ts";
import { account, booking, createWorld, expectAnchored, throwUnavailable, typesOf } from "./fixtures/anchor-world.ts";

const anchorPolicy = { anchorFrom: "beginning" as const };

test("anchors what waits in the chains that are named, and in no other", async () => {
  const [ofA, ofB] = [sampleBatches(3, account), sampleBatches(2, booking)];
  const world = await createWorld(...ofA, ...ofB);
  const events: BatcherEvent[] = [];
  const onEvent = (event: BatcherEvent): void => void events.push(event);
  const status = await anchorStored(world, { chains: [account], anchorPolicy, onEvent });
  expect(status).toMatchObject({ pending: 0, unchecked: 0, parked: [] });
  await expectAnchored(world, ofA);
  expect(ofB.map(({ header }) => world.anchor.mints(header))).toEqual([0, 0]);
  expect(typesOf(events)).toEqual(["anchor-publishing", "batch-anchored", "batch-anchored", "batch-anchored"]);
});

test("mints nothing twice", async () => {
  const batches = sampleBatches(3, account);
  const world = await createWorld(...batches);
  await Promise.all([1, 2].map(() => anchorStored(world, { chains: [account], anchorPolicy })));
  await anchorStored(world, { chains: [account], anchorPolicy });
  await expectAnchored(world, batches);
});

test("says what still waits where the anchor is away, after one attempt", async () => {
  const world = await createWorld(...sampleBatches(3, account));
  const events: BatcherEvent[] = [];
  const onEvent = (event: BatcherEvent): void => void events.push(event);
  const anchor = { ...world.anchor, publish: async () => throwUnavailable() };
  const status = await anchorStored({ ...world, anchor }, { chains: [account], anchorPolicy, onEvent });
  expect(status).toMatchObject({ pending: 3, unchecked: 0 });
  expect(typesOf(events)).toEqual(["anchor-publishing", "anchor-waiting"]);
});

test("says which chains it could not ask about", async () => {
  const world = await createWorld(...sampleBatches(3, account));
  const anchor = { ...world.anchor, chainHead: async () => throwUnavailable() };
  expect(await anchorStored({ ...world, anchor }, { chains: [account] })).toMatchObject({ pending: 0, unchecked: 1 });
});

test("does nothing once its signal is aborted", async () => {
  const world = await createWorld(...sampleBatches(3, account));
  const anchor = { ...world.anchor, publish: () => expect.fail() };
  await anchorStored({ ...world, anchor }, { chains: [account] }, AbortSignal.abort());
});

test("refuses a policy out of its range", async () => {
  const world = await createWorld();
  const refused = anchorStored(world, { chains: [], anchorPolicy: { maxPerCall: 0 } });
  await expect(refused).rejects.toMatchObject({ code: "BAD_OPTIONS", message: expect.stringContaining("maxPerCall") });
});
