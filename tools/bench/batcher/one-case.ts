/** Measures one case in this process. The case and the answer are messages. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBatcher } from "@etrap/batcher";
import type { Policy } from "@etrap/batcher";
import { openFsStore } from "@etrap/storage-fs";
import type { ObjectStore } from "@etrap/ledger";
import { createCountedSource, numberOf } from "./counted-source.ts";
import { createDigestStore, slowed, watched } from "./stores.ts";

/** A case to be measured. */
export interface Case {
  readonly changes: number;
  readonly tables: number;
  readonly store: "folder" | "memory";
  /** The additional time of each creation, in milliseconds. */
  readonly slowMs?: number;
  /** The number of changes per second. Without it, changes come as fast as they are pulled. */
  readonly perSecond?: number;
  readonly policy?: Partial<Policy>;
  readonly maxBufferBytes?: number;
  readonly proofIndex?: boolean;
  /** Whether everything is recorded before, and the measured run reads it again. */
  readonly isAgain?: boolean;
}

/** The result of a case. */
export interface Answer {
  readonly seconds: number;
  /** The time of this process on the processor, user and system. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  /** The resident memory, measured every 250 ms. */
  readonly rssMiB: readonly number[];
  readonly sizes: readonly number[];
  readonly gets: number;
  readonly slots: number;
  readonly slotMs: number;
  readonly mostAtOnce: number;
  /**
   * With `perSecond`: the milliseconds from when each change was due until its slot stood,
   * ascending, and until it was committed.
   */
  readonly toSlot: readonly number[];
  readonly toCommit: readonly number[];
}

const SAMPLE_MS = 250;

process.once("message", (message) => {
  void measure(message as Case).then((answer) => process.send?.(answer, () => process.disconnect()));
});

async function measure(of: Case): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-bench-"));
  try {
    const plain = of.store === "folder" ? await openFsStore({ root: folder }) : createDigestStore();
    return await measureOn(of, of.slowMs === undefined ? plain : slowed(plain, of.slowMs));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureOn(of: Case, store: ObjectStore): Promise<Answer> {
  const [toSlot, toCommit]: number[][] = [[], []];
  const done = new AbortController();
  const note = (into: number[] | undefined, first: number, last: number): void => {
    if (of.perSecond === undefined) return;
    const now = performance.now();
    for (let number = first; number <= last; number += 1) into?.push(now - source.dueAt(number));
    if (source.committed === of.changes) done.abort();
  };
  const source = createCountedSource({ ...of, onCommit: (first, last) => note(toCommit, first, last) });
  const work = async (watchedStore: ObjectStore): Promise<void> => {
    const batcher = createBatcher(
      { source, store: watchedStore },
      {
        organization: "bench",
        agent: "bench",
        capture: { carrier: "bench", source_name: "erp", options: {} },
        rules: { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] },
        policy: of.policy ?? {},
        proofIndex: of.proofIndex ?? true,
        ...(of.maxBufferBytes === undefined ? {} : { maxBufferBytes: of.maxBufferBytes }),
        drainMs: 3_600_000,
        onEvent(event) {
          if (event.type !== "batch-stored") return;
          note(toSlot, numberOf(event.header.first_position), numberOf(event.header.last_position));
        },
      },
    );
    await (of.perSecond === undefined ? batcher.runOnce() : batcher.run(done.signal));
    if (source.committed !== of.changes) throw new Error(`expected ${of.changes} committed, got ${source.committed}`);
  };

  if (of.isAgain === true) {
    await work(store);
    source.rewind();
  }
  const counted = watched(store);
  const rssMiB: number[] = [];
  const sampler = setInterval(() => rssMiB.push(process.memoryUsage.rss() / (1 << 20)), SAMPLE_MS);
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await work(counted);
  clearInterval(sampler);
  const { user, system } = process.cpuUsage(cpu);
  const { gets, sizes, slots, slotMs, mostAtOnce } = counted;
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    rssMiB,
    sizes,
    gets,
    slots,
    slotMs,
    mostAtOnce,
    toSlot: (toSlot ?? []).toSorted((a, b) => a - b),
    toCommit: (toCommit ?? []).toSorted((a, b) => a - b),
  };
}
