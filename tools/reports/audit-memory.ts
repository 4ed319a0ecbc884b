/** Measures the memory of an audit over 1,000 and over 10,000 batches. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { auditLedger } from "@etrap/ledger";
import type { ObjectReader } from "@etrap/ledger";
import { sampleBatch } from "@etrap/ledger/testing";
import type { SampleBatch } from "@etrap/ledger/testing";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
const MIB = 1 << 20;

console.log("batches   heap before   most during the audit   growth   batches/s");
for (const count of [1_000, 10_000]) {
  const reader = await makeReader(count);
  const before = heap();
  let most = before;
  const start = performance.now();
  let measuring = 0;
  const { batches, severities } = await auditLedger(reader, {
    onEvent(event) {
      if (event.type !== "progress" || event.batches % (count / 10) !== 0) return;
      const since = performance.now();
      most = Math.max(most, heap());
      measuring += performance.now() - since;
    },
  });
  if (severities.fault + severities.unchecked > 0 || batches !== count)
    throw new Error("expected a ledger without faults");
  const perSecond = (batches / (performance.now() - start - measuring)) * 1000;
  const columns = [
    String(count).padStart(7),
    mebi(before).padStart(13),
    mebi(most).padStart(23),
    mebi(most - before).padStart(8),
  ];
  console.log([...columns, perSecond.toFixed(0).padStart(11)].join(" "));
}

/** Returns the heap in use after a collection, in bytes. */
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function mebi(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

/** Makes a reader of one chain, whose documents are made when they are read. */
async function makeReader(count: number): Promise<ObjectReader> {
  const objects = new Map<string, () => Uint8Array>();
  let previous: SampleBatch["header"] | undefined;
  for (let seq = 0; seq < count; seq += 1) {
    const batch = sampleBatch({ previous, changes: 2 });
    const before = previous;
    const again = (): SampleBatch => sampleBatch({ previous: before, changes: 2 });
    objects.set(batch.slot.key, () => again().slot.bytes);
    objects.set(batch.data.key, () => again().data.bytes);
    for (const [index, { key }] of batch.derived().entries())
      objects.set(key, () => again().derived()[index]?.bytes ?? new Uint8Array());
    previous = batch.header;
  }
  const keys = [...objects.keys()].toSorted();
  return {
    get: async (key) => objects.get(key)?.(),
    async *list(prefix, after = "") {
      for (let index = firstAfter(keys, prefix, after); index < keys.length; index += 1) {
        const key = keys[index];
        if (key === undefined || !key.startsWith(prefix)) return;
        yield key;
      }
    },
  };
}

/** Returns the index of the first key that is not below the prefix and follows `after`. */
function firstAfter(keys: readonly string[], prefix: string, after: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const key = keys[middle] ?? "";
    if (key < prefix || key <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
