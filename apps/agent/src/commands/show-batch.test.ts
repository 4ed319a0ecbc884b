import { createMemoryStore, sampleBatches, sampleChain } from "@etrap/ledger/testing";
import { expect, test } from "vitest";
import { showBatch } from "./show-batch.ts";

test("reads one slot and one batch among 1,000, in whatever chain it is", async () => {
  const store = createMemoryStore();
  const batches = sampleBatches(1_000);
  const [other] = sampleBatches(1, sampleChain("order"));
  if (other === undefined) throw new Error("expected a batch");
  for (const { data, slot } of [...batches, other])
    for (const { key, bytes } of [data, slot]) await store.create(key, bytes);
  for (const batch of [batches[0], batches[500], batches[999], other]) {
    if (batch === undefined) throw new Error("expected a batch");
    const [read, lines]: [string[], string[]] = [[], []];
    const counting = { ...store, get: async (key: string) => (read.push(key), store.get(key)) };
    await showBatch(counting, batch.id, {
      shell: {
        environment: {},
        write: (line) => void lines.push(line),
        writeError: () => undefined,
        isTerminal: false,
        showProgress: () => undefined,
        outputClosed: new AbortController().signal,
        signal: new AbortController().signal,
      },
      isJson: () => true,
      setExit: () => undefined,
    });
    expect(lines[0]).toContain(batch.id);
    expect(read.filter((key) => key.includes("/chain/"))).toEqual([batch.slot.key]);
    // Once to find its number and once to verify it, and one look into the other chain.
    expect(read.length).toBeLessThanOrEqual(4);
  }
});
