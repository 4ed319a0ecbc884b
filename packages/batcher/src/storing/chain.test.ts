import { expect, test } from "vitest";
import type { ObjectStore } from "@etrap/ledger";
import { createMemoryStore } from "@etrap/ledger/testing";
import { createBatcher } from "../batcher.ts";
import { createMemoryCarrier } from "../testing/memory-source.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "../testing/sample-delivery.ts";
import { sampleWriter } from "../testing/sample-writer.ts";
import { readChain } from "./chain.ts";

test("redeliveries read each batch once, and its rows are dropped after the last of them", async () => {
  const [carrier, memory] = [createMemoryCarrier(), createMemoryStore()];
  for (let number = 1; number <= 20; number += 1) carrier.append("s", `${number}-0`, sampleChange(number));
  const options = { ...sampleWriter, policy: { batchSize: 10 } };
  await createBatcher({ source: carrier.open(), store: memory }, options).runOnce();

  const read: string[] = [];
  const store: ObjectStore = {
    ...memory,
    get: (key) => {
      read.push(key.includes("/chain/") ? "slot" : "rows");
      return memory.get(key);
    },
  };
  const chain = await readChain(store, { database: "erp", schema: "public", table: "account" }, (work) => work());
  const readFor = async (first: number, last: number): Promise<string[]> => {
    read.length = 0;
    for (let number = first; number <= last; number += 1) {
      const arrival = sampleArrival(sampleDelivery(sampleChange(number), `${number}-0`, "s"));
      expect(await chain.holds(arrival)).toBe(true);
    }
    return [...read];
  };
  expect((await readFor(1, 9)).filter((each) => each === "rows")).toHaveLength(1);
  expect(await readFor(10, 10)).toEqual([]);
  expect(await readFor(10, 10)).toEqual(["rows"]);
  expect(await readFor(11, 20)).toEqual(["slot", "rows"]);
  expect(await readFor(20, 20)).toEqual(["rows"]);
});
