import { expect, test } from "vitest";
import { createIntake } from "./intake.ts";
import type { ChangeSource, Delivery } from "../ports.ts";
import { sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";

const NEVER = new AbortController().signal;
const options = { max: 1, maxBytes: 1, waitMs: 0, paused: new Set<string>(), signal: NEVER };
const delivery = sampleDelivery(sampleChange(1), "1-0", "s");

/** A source whose pulls are settled by hand. */
function handMade(): { readonly source: ChangeSource; readonly pulls: PromiseWithResolvers<Delivery[]>[] } {
  const pulls: PromiseWithResolvers<Delivery[]>[] = [];
  const pull = (): Promise<Delivery[]> => {
    const next = Promise.withResolvers<Delivery[]>();
    pulls.push(next);
    return next.promise;
  };
  return { source: { generation: 0, pull, commit: async () => {} }, pulls };
}

test("what a pull gives that was not waited for is given to the next, and only once", async () => {
  const { source, pulls } = handMade();
  const intake = createIntake(source);
  const enough = new AbortController();
  const first = intake.pull(options, enough.signal);
  enough.abort();
  expect(await first).toEqual([]);
  const second = intake.pull(options, NEVER);
  expect(pulls).toHaveLength(1);
  pulls[0]?.resolve([delivery]);
  expect(await second).toEqual([delivery]);
  const third = intake.pull(options, NEVER);
  pulls[1]?.resolve([]);
  expect(await third).toEqual([]);
});

test("skips whose commit was not waited for are committed with the next, once", async () => {
  const commits: { readonly ids: string[]; readonly done: PromiseWithResolvers<void> }[] = [];
  const commit = (deliveries: readonly Delivery[]): Promise<void> => {
    const done = Promise.withResolvers<void>();
    commits.push({ ids: deliveries.map(({ position }) => position.id), done });
    return done.promise;
  };
  const intake = createIntake({ generation: 0, pull: async () => [], commit });
  const skip = (id: string): Delivery => sampleDelivery({ kind: "skip", reason: "TOMBSTONE" }, id, "s");
  const cut = new AbortController();
  const first = intake.commitSkips([skip("1-0")], cut.signal);
  cut.abort();
  await first;
  const second = intake.commitSkips([], NEVER);
  commits[1]?.done.resolve();
  await second;
  const third = intake.commitSkips([skip("2-0")], NEVER);
  commits[2]?.done.reject(new Error("refused"));
  await expect(third).rejects.toThrow("refused");
  await intake.commitSkips([], cut.signal);
  expect(commits.map(({ ids }) => ids)).toEqual([["1-0"], ["1-0"], ["2-0"], ["2-0"]]);
});

test("a source that refused is asked anew", async () => {
  const { source, pulls } = handMade();
  const intake = createIntake(source);
  const first = intake.pull(options, NEVER);
  pulls[0]?.reject(new Error("refused"));
  await expect(first).rejects.toThrow("refused");
  const second = intake.pull(options, NEVER);
  pulls[1]?.resolve([delivery]);
  expect(await second).toEqual([delivery]);
});
