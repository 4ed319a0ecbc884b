import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCountedSource, deliveryOf } from "./counted-source.ts";

const SAMPLE = 20_000;
const WRITERS = 8;
const NEVER = new AbortController().signal;

/** Returns the seconds that JSON.parse takes for this many changes. */
export function secondsToParse(changes: number): number {
  const stream = { name: "etrap.public.t0", table: "t0" };
  const sample = Array.from({ length: SAMPLE }, (_, number) =>
    Buffer.concat(deliveryOf(stream, number, 0).fields as Uint8Array[]),
  );
  const parseAll = (): void => sample.forEach((bytes) => JSON.parse(bytes.toString()));
  parseAll();
  const rounds = Math.ceil(changes / SAMPLE);
  const start = performance.now();
  for (let round = 0; round < rounds; round += 1) parseAll();
  return ((performance.now() - start) / 1000) * (changes / (rounds * SAMPLE));
}

/**
 * Returns the seconds that the source of this bench takes to make this many changes. They are part
 * of all its other times.
 */
export async function secondsToMake(changes: number): Promise<number> {
  const source = createCountedSource({ changes, tables: 1 });
  const options = { max: 1000, maxBytes: 8 << 20, waitMs: 0, paused: new Set<string>(), signal: NEVER };
  const start = performance.now();
  while (source.committed < changes) await source.commit(await source.pull(options));
  return (performance.now() - start) / 1000;
}

/**
 * Returns the seconds for writing files of these sizes, several at a time, each synced to disk or
 * not.
 */
export async function secondsToWrite(sizes: readonly number[], { isDurable }: { isDurable: boolean }): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-bench-"));
  const bytes = Buffer.alloc(Math.max(...sizes), "0123456789abcdef");
  let next = 0;
  const write = async (): Promise<void> => {
    while (next < sizes.length) {
      const index = next;
      next += 1;
      const file = await open(join(folder, String(index)), "wx");
      await file.writeFile(bytes.subarray(0, sizes[index]));
      if (isDurable) await file.sync();
      await file.close();
    }
  };
  try {
    const start = performance.now();
    await Promise.all(Array.from({ length: WRITERS }, write));
    return (performance.now() - start) / 1000;
  } finally {
    await rm(folder, { recursive: true });
  }
}
