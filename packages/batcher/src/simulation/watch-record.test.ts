import { expect, test } from "vitest";
import { controlChain } from "../reading/arrival.ts";
import type { Gap } from "../ports.ts";
import { seal } from "../sealing/seal.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { createMemoryCarrier } from "../testing/memory-source.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { sampleArrival, sampleDelivery } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";
import { watchRecord } from "./watch-record.ts";
import type { RecordWatch } from "./watch-record.ts";

const STREAM = "etrap.public.account";
const TRIMMED: Gap = { kind: "gap", database: "erp", reason: "TRIMMED_UNREAD" };

/** A watch over a record that holds these gaps, each in a batch of its own. */
async function watchGaps(...gaps: readonly (readonly [id: string, gap: Gap])[]): Promise<RecordWatch> {
  const store = createMemoryStore();
  const watch = watchRecord(store);
  let newest: SealedBatch | undefined;
  for (const [id, gap] of gaps) {
    const deliveries = [sampleArrival(sampleDelivery(gap, id, STREAM))];
    const run = { chain: controlChain("erp"), stream: STREAM, deliveries };
    const inputs = { sealedAt: 0, randomBytes: (length: number) => new Uint8Array(length) };
    newest = seal(run, newest?.header, sampleWriter, inputs);
    for (const { key, bytes } of [newest.data, newest.slot]) {
      await store.create(key, bytes);
      await watch.created(key, bytes);
    }
  }
  return watch;
}

test("a gap may be committed once it is in a slot, at its position and for its reason", async () => {
  const watch = await watchGaps(["3-1", TRIMMED]);
  watch.committing([sampleDelivery(TRIMMED, "3-1", STREAM)]);
  expect(watch.violations).toEqual([]);
  watch.committing([
    sampleDelivery(TRIMMED, "4-1", STREAM),
    sampleDelivery(TRIMMED, "3-1", "etrap.public.other"),
    sampleDelivery({ ...TRIMMED, reason: "OTHER" }, "3-1", STREAM),
    sampleDelivery({ ...TRIMMED, kind: "poison" }, "3-1", STREAM),
  ]);
  expect(watch.violations).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/^I7: /)));
});

test("a gap that is recorded twice is told", async () => {
  expect((await watchGaps(["3-1", TRIMMED], ["4-1", TRIMMED])).violations).toEqual([]);
  expect((await watchGaps(["3-1", TRIMMED], ["3-1", TRIMMED])).violations).toEqual([
    expect.stringMatching(/^I1: .* is recorded 2 times/),
  ]);
});

test("a gap that is recorded nowhere is told when all is at rest", async () => {
  const carrier = createMemoryCarrier();
  carrier.append(STREAM, "3-1", TRIMMED, []);
  const source = carrier.open();
  const { signal } = new AbortController();
  await source.commit(await source.pull({ max: 1, maxBytes: 1, waitMs: 0, paused: new Set(), signal }));
  const [whole, empty] = [await watchGaps(["3-1", TRIMMED]), await watchGaps()];
  for (const watch of [whole, empty]) await watch.atRest(carrier, [STREAM]);
  expect(whole.violations).toEqual([]);
  expect(empty.violations).toEqual([expect.stringMatching(/^I1: .* is recorded 0 times/)]);
});
