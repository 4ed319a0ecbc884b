import { expect, test } from "vitest";
import type { Gap } from "@etrap/batcher";
import { createMemoryCarrier, sampleDelivery, sampleWriter } from "@etrap/batcher/testing";
import { createMemoryStore } from "@etrap/ledger/testing";
import { controlChain } from "../../../packages/batcher/src/intake/chain-names.ts";
import { seal } from "../../../packages/batcher/src/sealing/seal.ts";
import type { SealedBatch } from "../../../packages/batcher/src/sealing/seal.ts";
import { sampleArrival } from "../../../packages/batcher/src/testing/sample-delivery.ts";
import { watchLedger } from "./watch-ledger.ts";
import type { LedgerWatch } from "./watch-ledger.ts";

const STREAM = "etrap.public.account";
const TRIMMED: Gap = { kind: "gap", database: "erp", reason: "TRIMMED_UNREAD" };

/** Watches a ledger that holds these gaps, each in its own batch. */
async function watchGaps(...gaps: readonly (readonly [id: string, gap: Gap])[]): Promise<LedgerWatch> {
  const store = createMemoryStore();
  const watch = watchLedger(store);
  let newest: SealedBatch | undefined;
  for (const [id, gap] of gaps) {
    const deliveries = [sampleArrival(sampleDelivery(gap, id, STREAM))];
    const run = { chain: controlChain("erp"), stream: STREAM, deliveries };
    const inputs = { sealedAt: 0, randomBytes: (length: number) => new Uint8Array(length) };
    newest = seal(run, { previous: newest?.header, writer: sampleWriter, ...inputs });
    for (const { key, bytes } of [newest.data, ...newest.derived(), newest.slot]) {
      await store.create(key, bytes);
      await watch.created(key, bytes);
    }
  }
  return watch;
}

test("a gap may be committed once a slot holds it, with its position and reason", async () => {
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

test("a gap that is recorded twice is a violation", async () => {
  expect((await watchGaps(["3-1", TRIMMED], ["4-1", TRIMMED])).violations).toEqual([]);
  expect((await watchGaps(["3-1", TRIMMED], ["3-1", TRIMMED])).violations).toEqual([
    expect.stringMatching(/^I1: .* is recorded 2 times/),
  ]);
});

test("a gap that is not recorded is a violation once all is at rest", async () => {
  const carrier = createMemoryCarrier();
  carrier.appendFields(STREAM, "3-1", { entry: TRIMMED, fields: [] });
  const source = carrier.open();
  const { signal } = new AbortController();
  await source.commit(await source.pull({ max: 1, maxBytes: 1, waitMs: 0, paused: new Set(), signal }));
  const [whole, empty] = [await watchGaps(["3-1", TRIMMED]), await watchGaps()];
  for (const watch of [whole, empty]) await watch.atRest(carrier, [STREAM]);
  expect(whole.violations).toEqual([]);
  expect(empty.violations).toEqual([expect.stringMatching(/^I1: .* is recorded 0 times/)]);
});
