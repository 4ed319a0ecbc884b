import { describe, expect, test } from "vitest";
import { createMemoryStore, MemoryStoreError, sampleBatches, sampleChain } from "@etrap/ledger/testing";
import type { SampleBatch } from "@etrap/ledger/testing";
import { createHeads } from "./heads.ts";
import type { Heads } from "./heads.ts";
import type { Anchor, ChainHead } from "../ports.ts";
import { samplePublication } from "../suites/sample-publication.ts";
import { createMemoryAnchor, MemoryAnchorError } from "../testing/memory-anchor.ts";
import { createScheduler } from "../testing/scheduler.ts";
import type { Scheduler } from "../testing/scheduler.ts";

const account = sampleChain("account");
const NEVER = new AbortController().signal;

type Answer = () => Promise<ChainHead | undefined>;

/** The heads of a store with two slots, and what the anchor is asked and answers. */
interface World {
  readonly heads: Heads;
  readonly scheduler: Scheduler;
  readonly stop: AbortController;
  /** The number of times that the anchor was asked. */
  asked: number;
  /** The anchor's answer. */
  answer: Answer;
  /** Whether the store is away. */
  isAway: boolean;
}

async function createWorld(answer: Answer): Promise<World> {
  const [store, scheduler, stop] = [createMemoryStore(), createScheduler(0), new AbortController()];
  for (const { slot } of sampleBatches(2)) await store.create(slot.key, slot.bytes);
  const anchor: Anchor = { ...createMemoryAnchor(), chainHead: () => ((world.asked += 1), world.answer()) };
  const get = async (key: string): Promise<Uint8Array | undefined> => {
    if (world.isAway) throw new MemoryStoreError("UNAVAILABLE", "away");
    return store.get(key);
  };
  const heads = createHeads({
    store: { ...store, get },
    anchor,
    clock: scheduler.clock,
    deadline: stop.signal,
  });
  const world: World = { heads, scheduler, stop, asked: 0, answer, isAway: false };
  return world;
}

/** Returns the answer of an anchor that holds these batches. */
async function headOf(batches: readonly SampleBatch[]): Promise<ChainHead | undefined> {
  const anchor = createMemoryAnchor();
  await anchor.publish(batches.map(samplePublication), NEVER);
  return anchor.chainHead(account);
}

const agrees: Answer = () => headOf(sampleBatches(2));
const isAhead: Answer = () => headOf(sampleBatches(3));
const isForked: Answer = () => headOf(sampleBatches(1, account, 1));
const isAway: Answer = () => Promise.reject(new MemoryAnchorError("UNAVAILABLE", "no answer"));
const hangs: Answer = () => new Promise(() => {});

describe("the answer about a chain's head", () => {
  test("is asked for once, also by those who come while it is under way", async () => {
    const world = await createWorld(agrees);
    const { heads } = world;
    const [one, other] = await Promise.all([heads.of(account), heads.of(account), heads.allowWriting(account)]);
    expect(one).toMatchObject({ seq: 1 });
    expect(other).toBe(one);
    expect(await heads.of(account)).toBe(one);
    await heads.allowWriting(account);
    expect(world.asked).toBe(1);
  });

  test("is asked for again once it is forgotten, also while it is under way", async () => {
    const late = Promise.withResolvers<ChainHead | undefined>();
    const world = await createWorld(() => late.promise);
    const { heads } = world;
    const old = heads.of(account);
    await new Promise(setImmediate);
    heads.forget(account);
    world.answer = agrees;
    expect(await heads.of(account)).toMatchObject({ seq: 1 });
    late.resolve(undefined);
    expect(await old).toBeUndefined();
    expect(await heads.of(account)).toMatchObject({ seq: 1 });
    expect(world.asked).toBe(2);
  });

  test("is that of one chain", async () => {
    const world = await createWorld(async () => undefined);
    await world.heads.of(account);
    await world.heads.of(sampleChain("booking"));
    world.heads.forget(account);
    await world.heads.of(sampleChain("booking"));
    expect(world.asked).toBe(2);
  });

  test("is not kept where the anchor or the store is away", async () => {
    const world = await createWorld(isAway);
    await expect(world.heads.of(account)).rejects.toMatchObject({ message: "no answer" });
    Object.assign(world, { answer: agrees, isAway: true });
    await expect(world.heads.of(account)).rejects.toMatchObject({ message: "away" });
    world.isAway = false;
    expect(await world.heads.of(account)).toMatchObject({ seq: 1 });
    expect(world.asked).toBe(3);
  });
});

describe("a chain that the anchor contradicts", () => {
  test.each([
    ["HEAD_ROLLED_BACK", isAhead],
    ["ANCHOR_FORKED", isForked],
  ])("with %s must not be written until the anchor answers otherwise", async (code, contradicts) => {
    const world = await createWorld(agrees);
    const { heads } = world;
    await heads.allowWriting(account);
    expect(heads.contradiction(account)).toBeUndefined();

    // What the anchoring loop finds stops the storing loop.
    world.answer = contradicts;
    heads.forget(account);
    await expect(heads.of(account)).rejects.toMatchObject({ code });
    expect(heads.contradiction(account)).toMatchObject({ code });
    await expect(heads.allowWriting(account)).rejects.toMatchObject({ code });
    expect(world.asked).toBe(3);

    for (const unanswered of [isAway, isAway]) {
      world.answer = unanswered;
      heads.forget(account);
      await expect(heads.of(account)).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await expect(heads.allowWriting(account)).rejects.toMatchObject({ code });
    }
    expect(heads.contradiction(sampleChain("booking"))).toBeUndefined();

    world.answer = agrees;
    await heads.allowWriting(account);
    expect(heads.contradiction(account)).toBeUndefined();
  });

  test("is not taken for put right by an answer that is older", async () => {
    const world = await createWorld(agrees);
    const { heads } = world;
    const late = Promise.withResolvers<ChainHead | undefined>();
    world.answer = () => late.promise;
    const writing = heads.allowWriting(account);
    await new Promise(setImmediate);
    heads.forget(account);
    world.answer = isForked;
    await expect(heads.of(account)).rejects.toMatchObject({ code: "ANCHOR_FORKED" });
    late.resolve(await agrees());
    await expect(writing).rejects.toMatchObject({ code: "ANCHOR_FORKED" });
    expect(heads.contradiction(account)).toMatchObject({ code: "ANCHOR_FORKED" });
  });
});

describe("a chain is written", () => {
  test.each([
    ["rejects", isAway, 0],
    ["hangs", hangs, 10_000],
  ])("without an answer where the anchor %s, and its writer waits once", async (_, unanswered, ms) => {
    const world = await createWorld(unanswered);
    const { heads, scheduler } = world;
    let isAllowed = false;
    const writing = heads.allowWriting(account).then(() => (isAllowed = true));
    for (let steps = 0; steps < 5; steps += 1) {
      await new Promise(setImmediate);
      if (!isAllowed) await scheduler.step();
    }
    await writing;
    expect(scheduler.now).toBe(ms);
    heads.forget(account);
    await heads.allowWriting(account);
    expect(world.asked).toBe(1);
  });

  test("only once its slot could be read", async () => {
    const world = await createWorld(agrees);
    world.isAway = true;
    await expect(world.heads.allowWriting(account)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    world.isAway = false;
    await world.heads.allowWriting(account);
  });

  test("no more after the deadline, and the anchor is not asked", async () => {
    const world = await createWorld(hangs);
    const { heads, stop } = world;
    const writing = heads.allowWriting(account);
    await new Promise(setImmediate);
    stop.abort();
    await expect(writing).rejects.toMatchObject({ code: "RUN_ENDED" });
    await expect(heads.of(sampleChain("booking"))).rejects.toMatchObject({ code: "RUN_ENDED" });
    expect(world.asked).toBe(1);
  });
});
