import { createMemoryStore, sampleBatch } from "@etrap/ledger/testing";
import { expect, test } from "vitest";
import type { Damage } from "./read-verified.ts";
import { readIntactBatches } from "./read-intact-batches.ts";

test("a hole before a stray slot far ahead is damage once, and is not walked through", async () => {
  const { header, slot } = sampleBatch();
  const store = createMemoryStore();
  const far = slot.key.replace(/\d{12}/, "000099999999");
  await store.create(far, slot.bytes);
  const damages: Damage[] = [];
  await Array.fromAsync(readIntactBatches(store, header, { onDamage: (damage) => damages.push(damage) }));
  expect(damages.map(({ code }) => code)).toEqual(["SLOT_MISSING", "LEDGER_DAMAGED"]);
});
