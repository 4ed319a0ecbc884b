import { describe, expect, test } from "vitest";
import { sampleBatches, sampleChain } from "@etrap/ledger/testing";
import { DEFAULT_ANCHOR_POLICY } from "../options/anchor-policy.ts";
import { createAnchorQueue } from "./anchor-queue.ts";
import type { AnchorQueue } from "./anchor-queue.ts";
import { samplePublication } from "../suites/sample-publication.ts";

const [account, booking] = [sampleChain("account"), sampleChain("booking")];
const create = (members = {}): AnchorQueue =>
  createAnchorQueue({ policy: { ...DEFAULT_ANCHOR_POLICY, ...members }, random: () => 0 });

describe("the status", () => {
  test("counts the batches that are known to wait, and the chains whose head is not known", () => {
    const queue = create();
    const batches = sampleBatches(5);
    const [first = expect.fail(), second = expect.fail()] = batches;
    queue.chainOpened(account, batches[2]?.header);
    queue.chainOpened(booking);
    expect(queue.status()).toEqual({ pending: 0, unchecked: 2, oldestSealedAt: undefined, parked: [] });
    for (const batch of batches.slice(3)) queue.batchStored(samplePublication(batch));
    expect(queue.status()).toMatchObject({ pending: 2, oldestSealedAt: batches[3]?.header.sealed_at });
    const [progress = expect.fail(), other = expect.fail()] = queue.takeDue(0);
    queue.placed(progress, { next: 0, newest: 2, begins: false, oldestSealedAt: first.header.sealed_at });
    queue.placed(other, { next: 0, newest: -1, begins: false, oldestSealedAt: undefined });
    expect(queue.status()).toMatchObject({ pending: 5, unchecked: 0, oldestSealedAt: first.header.sealed_at });
    queue.anchored(progress, first.header);
    expect(queue.status()).toMatchObject({ pending: 4 });
    for (const { header } of batches.slice(1)) queue.anchored(progress, header);
    expect(queue.status()).toEqual({ pending: 0, unchecked: 0, oldestSealedAt: undefined, parked: [] });
    expect(second.header.sealed_at).toBeGreaterThan(first.header.sealed_at);
  });

  test("does not shrink when an older newest slot is noted", () => {
    const queue = create();
    const batches = sampleBatches(3);
    queue.batchStored(samplePublication(batches[2] ?? expect.fail()));
    queue.chainOpened(account, batches[1]?.header);
    const [progress = expect.fail()] = queue.takeDue(0);
    queue.placed(progress, { next: 0, newest: 1, begins: false, oldestSealedAt: undefined });
    expect(queue.status().pending).toBe(3);
  });
});

test("a clock that is set back makes no chain wait longer", () => {
  const queue = create();
  queue.chainOpened(account);
  const [progress = expect.fail()] = queue.takeDue(0);
  const day = 24 * 3_600_000;
  queue.failed(progress, new Error("away"), day);
  expect(queue.takeDue(day)).toEqual([]);
  expect(queue.takeDue(0)).toEqual([progress]);
});

test("the wait of a chain doubles up to the longest, and chance takes a fifth off at most", () => {
  for (const [random, share] of [
    [0, 1],
    [0.5, 0.9],
    [1, 0.8],
  ] as const) {
    const policy = { ...DEFAULT_ANCHOR_POLICY, firstRetryMs: 1_000, longestRetryMs: 5_000 };
    const queue = createAnchorQueue({ policy, random: () => random });
    queue.chainOpened(account);
    const [progress = expect.fail()] = queue.takeDue(0);
    const failures = Array.from({ length: 6 }, () => queue.failed(progress, new Error("away"), 0));
    expect(failures.map(({ retryAt }) => retryAt)).toEqual([1, 2, 4, 5, 5, 5].map((each) => each * 1_000 * share));
    expect(failures.map(({ isParked }) => isParked)).toEqual([false, false, true, true, true, true]);
  }
});

test("a retry of an unknown chain does not add one", () => {
  const queue = create();
  queue.retryNow(sampleChain("acount"));
  expect(queue.status()).toMatchObject({ unchecked: 0 });
});

test("a chain that failed is due after its wait, and work of another chain notifies the loop", async () => {
  const queue = create();
  queue.chainOpened(account);
  await queue.wakeup.wait();
  const [progress = expect.fail()] = queue.takeDue(0);
  queue.failed(progress, new Error("no"), 1_000);
  expect(queue.takeDue(1_999)).toEqual([]);
  expect(queue.msUntilDue(1_500, 60_000)).toBe(500);
  expect(queue.msUntilDue(1_500, 100)).toBe(100);
  const notified = queue.wakeup.wait();
  queue.chainOpened(booking);
  await notified;
  expect(queue.msUntilDue(1_500, 60_000)).toBe(0);
  expect(queue.takeDue(2_000).map(({ chain }) => chain)).toEqual([account, booking]);
});
