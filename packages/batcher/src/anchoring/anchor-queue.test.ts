import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shareOut } from "./anchor-line.ts";
import { DEFAULT_ANCHOR_POLICY } from "./anchor-policy.ts";
import { createAnchorQueue } from "./anchor-queue.ts";
import type { AnchorQueue } from "./anchor-queue.ts";
import { sampleBatches, sampleChain, samplePublication } from "../testing/sample-batches.ts";

const [account, booking] = [sampleChain("account"), sampleChain("booking")];
const create = (members = {}): AnchorQueue =>
  createAnchorQueue({ policy: { ...DEFAULT_ANCHOR_POLICY, ...members }, random: () => 0 });

describe("places in a call", () => {
  test("are dealt out in turn", () => {
    expect(shareOut([30, 3, 1], 10)).toEqual([6, 3, 1]);
    expect(shareOut([5, 5, 5], 2)).toEqual([1, 1, 0]);
    expect(shareOut([0, 2], 10)).toEqual([0, 2]);
    expect(shareOut([], 10)).toEqual([]);
  });

  test("none is left empty, and no chain that waits gets two less than another", () => {
    const waiting = fc.array(fc.nat({ max: 40 }), { maxLength: 20 });
    fc.assert(
      fc.property(waiting, fc.integer({ min: 1, max: 100 }), (counts, max) => {
        const shares = shareOut(counts, max);
        const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
        expect(sum(shares)).toBe(Math.min(max, sum(counts)));
        const most = Math.max(0, ...shares);
        for (const [index, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(counts[index] ?? 0);
          if (share < (counts[index] ?? 0)) expect(most - share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe("the status", () => {
  test("counts what is known to wait, and the chains that the anchor has not told of", () => {
    const queue = create();
    const batches = sampleBatches(5);
    const [first = expect.fail(), second = expect.fail()] = batches;
    queue.chainOpened(account, batches[2]?.header);
    queue.chainOpened(booking);
    expect(queue.status()).toEqual({ pending: 0, unchecked: 2, oldestSealedAt: undefined, parked: [] });
    for (const batch of batches.slice(3)) queue.batchStored(samplePublication(batch));
    expect(queue.status()).toMatchObject({ pending: 2, oldestSealedAt: batches[3]?.header.sealed_at });
    const [line = expect.fail(), other = expect.fail()] = queue.takeDue(0);
    queue.placed(line, { next: 0, newest: 2, oldestSealedAt: first.header.sealed_at });
    queue.placed(other, { next: 0, newest: -1, oldestSealedAt: undefined });
    expect(queue.status()).toMatchObject({ pending: 5, unchecked: 0, oldestSealedAt: first.header.sealed_at });
    queue.anchored(line, first.header);
    expect(queue.status()).toMatchObject({ pending: 4 });
    for (const { header } of batches.slice(1)) queue.anchored(line, header);
    expect(queue.status()).toEqual({ pending: 0, unchecked: 0, oldestSealedAt: undefined, parked: [] });
    expect(second.header.sealed_at).toBeGreaterThan(first.header.sealed_at);
  });

  test("an older newest slot takes nothing back", () => {
    const queue = create();
    const batches = sampleBatches(3);
    queue.batchStored(samplePublication(batches[2] ?? expect.fail()));
    queue.chainOpened(account, batches[1]?.header);
    const [line = expect.fail()] = queue.takeDue(0);
    queue.placed(line, { next: 0, newest: 1, oldestSealedAt: undefined });
    expect(queue.status().pending).toBe(3);
  });
});

test("a clock that is set back keeps no chain resting for as long", () => {
  const queue = create();
  queue.chainOpened(account);
  const [line = expect.fail()] = queue.takeDue(0);
  const day = 24 * 3_600_000;
  queue.failed(line, new Error("away"), day);
  expect(queue.takeDue(day)).toEqual([]);
  expect(queue.takeDue(0)).toEqual([line]);
});

test("a retry of a chain that is not there makes none", () => {
  const queue = create();
  queue.retryNow(sampleChain("acount"));
  expect(queue.status()).toMatchObject({ unchecked: 0 });
});

test("a chain that failed is due when its rest is over, and work of another rings for the loop", async () => {
  const queue = create();
  queue.chainOpened(account);
  await queue.bell.heard();
  const [line = expect.fail()] = queue.takeDue(0);
  queue.failed(line, new Error("no"), 1_000);
  expect(queue.takeDue(1_999)).toEqual([]);
  expect(queue.msUntilDue(1_500, 60_000)).toBe(500);
  expect(queue.msUntilDue(1_500, 100)).toBe(100);
  const rung = queue.bell.heard();
  queue.chainOpened(booking);
  await rung;
  expect(queue.msUntilDue(1_500, 60_000)).toBe(0);
  expect(queue.takeDue(2_000).map(({ chain }) => chain)).toEqual([account, booking]);
});
