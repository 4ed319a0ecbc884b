/** Measures the batcher alone, with generated changes. Option: `--changes N` (1,000,000). */
// Throughput, latency and memory, next to the raw cost of parsing and writing the same.
import { parseArgs } from "node:util";
import { inChild } from "./batcher/in-child.ts";
import type { Answer, Case } from "./batcher/one-case.ts";
import { secondsToMake, secondsToParse, secondsToWrite } from "./batcher/raw.ts";

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { changes: { type: "string", default: "1000000" } },
  allowPositionals: true,
});
const CHANGES = Number(values.changes);
const REDELIVERED = Math.min(CHANGES, 100_000);
const PACED_SECONDS = 10;
const SLOW_MS = 20;
const IMMEDIATELY = { forceBatchAfterMs: 0 };
const WITHIN_100_MS = { batchTimeoutMs: 100, forceBatchAfterMs: 100 };

console.log(`${whole(CHANGES)} changes of five columns, ${whole(1000)} in a batch.`);
const [folder, memory] = await throughput();
await raw(folder);
await latency();
await buffer();
await redelivery();
await hotTable(memory);

/** (a) Measures throughput by store and number of tables. Returns the answers for one table. */
async function throughput(): Promise<[Answer, Answer]> {
  title("a. stored and committed", "changes/s   CPU µs/change   peak RSS");
  const answers: Answer[] = [];
  for (const store of ["folder", "memory"] as const) {
    for (const [tables, proofIndex] of [
      [1, true],
      [20, true],
      [500, true],
      [20, false],
    ] as const) {
      const answer = await inChild({ changes: CHANGES, tables, store, proofIndex });
      if (tables === 1) answers.push(answer);
      const cpu = ((answer.cpuSeconds * 1e6) / CHANGES).toFixed(1);
      row(
        `${tables} table${tables === 1 ? "" : "s"}, ${nameOf(store)}${proofIndex ? "" : ", without proof_index"}`,
        rate(answer.seconds),
        cpu.padStart(15),
        mebi(answer.peakMiB),
      );
    }
  }
  const [inFolder, inMemory] = answers;
  if (inFolder === undefined || inMemory === undefined) throw new Error("nothing was measured");
  return [inFolder, inMemory];
}

/** (b) Measures the raw cost of the same changes and files. */
async function raw({ seconds, sizes }: Answer): Promise<void> {
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  title(
    `b. the raw cost, beside 1 table in a folder (${whole(sizes.length)} files, ${whole(bytes / CHANGES)} bytes a change)`,
    "changes/s   batcher ÷ raw",
  );
  const costs = [
    ["making the changes (part of all times here)", await secondsToMake(CHANGES)],
    ["parsing them with JSON.parse", secondsToParse(CHANGES)],
    ["writing the same files", await secondsToWrite(sizes, { isDurable: false })],
    ["writing them, each with fsync", await secondsToWrite(sizes, { isDurable: true })],
  ] as const;
  for (const [name, spent] of costs) row(name, rate(spent), (spent / seconds).toFixed(3).padStart(15));
}

/** (c) Measures the time from when a change is due to its slot, and to its commit. */
async function latency(): Promise<void> {
  title(
    "c. time from when a change was due, in a folder, 1 table",
    "to its slot: p50      p99   to its commit: p50      p99",
  );
  for (const perSecond of [1_000, 10_000]) {
    for (const [name, policy] of [
      ["each at once", IMMEDIATELY],
      ["within 100 ms", WITHIN_100_MS],
    ] as const) {
      const changes = perSecond * PACED_SECONDS;
      const { toSlot, toCommit } = await inChild({ changes, tables: 1, store: "folder", perSecond, policy });
      const shown = [toSlot, toCommit].map((all) => `${ms(all, 0.5).padStart(16)} ${ms(all, 0.99).padStart(8)}`);
      row(`${whole(perSecond)} changes/s, ${name}`, ...shown);
    }
  }
}

/** (d) Measures memory while the store is slow. */
async function buffer(): Promise<void> {
  title(
    `d. memory behind a slow store (folder + ${SLOW_MS} ms), 20 tables`,
    "changes/s   RSS of the second half: least, median, most",
  );
  for (const maxBufferBytes of [100 << 20, 32 << 20]) {
    const answer = await inChild({ changes: CHANGES, tables: 20, store: "folder", slowMs: SLOW_MS, maxBufferBytes });
    const half = answer.rssMiB.slice(answer.rssMiB.length >> 1).toSorted((a, b) => a - b);
    const [least = 0, median = 0, most = 0] = [half[0], half[half.length >> 1], half.at(-1)];
    const verdict = most <= 1.25 * median ? "flat" : "NOT FLAT";
    row(
      `buffer of ${maxBufferBytes >> 20} MiB`,
      rate(answer.seconds),
      mebi(least),
      mebi(median),
      mebi(most),
      `  ${verdict}`,
    );
  }
}

/** (e) Measures reading recorded entries again. */
async function redelivery(): Promise<void> {
  title(`e. reading ${whole(REDELIVERED)} recorded entries again, from a folder`, "entries/s   gets   created");
  for (const tables of [1, 20]) {
    const { seconds, gets, sizes } = await inChild({ changes: REDELIVERED, tables, store: "folder", isAgain: true });
    row(
      `${tables} table${tables === 1 ? "" : "s"}`,
      rate(seconds, REDELIVERED),
      String(gets).padStart(6),
      String(sizes.length).padStart(9),
    );
  }
}

/** (f) Measures one hot table on a store that is slow. */
async function hotTable(fast: Answer): Promise<void> {
  title(`f. one hot table, a store in memory where each creation takes ${SLOW_MS} ms`, "changes/s");
  const of: Case = { changes: CHANGES, tables: 1, store: "memory", slowMs: SLOW_MS };
  const { seconds, slots, slotMs, mostAtOnce, sizes } = await inChild(of);
  row("as measured", rate(seconds));
  row("if creations ran one after another", rate((sizes.length * SLOW_MS) / 1000));
  row("if only slots took time, one after another", rate((slots * SLOW_MS) / 1000));
  row("if the store took no time", rate(fast.seconds));
  const share = `${(slotMs / 10 / seconds).toFixed(0)} % of the time`;
  console.log(
    `a slot was being created in ${share} (${(slots / seconds).toFixed(1)} slots/s); at most ${mostAtOnce} creations at once`,
  );
}

function title(name: string, columns: string): void {
  console.log(`\n${name.padEnd(58)} ${columns}`);
}

function row(name: string, ...columns: string[]): void {
  console.log(`  ${name.padEnd(56)} ${columns.join(" ")}`);
}

function rate(seconds: number, changes = CHANGES): string {
  return whole(changes / seconds).padStart(9);
}

function whole(number: number): string {
  return Math.round(number).toLocaleString("en");
}

function mebi(number: number): string {
  return `${whole(number)} MiB`.padStart(10);
}

function ms(ascending: readonly number[], share: number): string {
  return `${(ascending[Math.ceil(ascending.length * share) - 1] ?? Number.NaN).toFixed(1)} ms`;
}

function nameOf(store: Case["store"]): string {
  return store === "folder" ? "in a folder" : "in memory (slots, and digests of the rest)";
}
