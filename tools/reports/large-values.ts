/**
 * One entry with a large value, recorded by `etrap replay`: size × heap × peak memory × time ×
 * outcome. `--sizes 1,20` and `--heaps 256,512` are in MiB; `--entries 3` records several such
 * entries.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { changesOf, readLedger } from "../../apps/agent/src/fixtures/read-ledger.ts";

const MAIN = resolve(import.meta.dirname, "../../apps/agent/src/main.ts");
const MIB = 1 << 20;
/** The interval at which the peak of a process's memory is read. */
const POLL_MS = 10;

const { values: options } = parseArgs({
  args: process.argv.slice(2),
  options: {
    sizes: { type: "string", default: "1,10,20,31,33,63,64" },
    heaps: { type: "string", default: "256,512" },
    entries: { type: "string", default: "1" },
  },
  allowPositionals: true,
});
const numbersOf = (list: string): number[] => list.split(",").map(Number);

/** A value that repeats a text, and the limit under which its entry is replayed. */
interface Kind {
  readonly name: string;
  readonly unit: string;
  /** Whether the entry's message is JSON. */
  readonly isJson: boolean;
  /** `ETRAP_MAX_ENTRY_BYTES`. Undefined for the default. */
  readonly maxEntryBytes?: number;
}

const KINDS: readonly Kind[] = [
  { name: "ASCII", unit: "x", isJson: true },
  { name: "escapes", unit: '{"a":"\\n"}\n', isJson: true },
  { name: "Chinese", unit: "数", isJson: true },
  { name: "not JSON", unit: "x", isJson: false },
  { name: "ASCII, 64MB", unit: "x", isJson: true, maxEntryBytes: 64 * MIB },
];

/** What became of a case. */
interface Outcome {
  readonly peakBytes: number;
  readonly seconds: number;
  readonly text: string;
}

const columns = (texts: readonly string[]): string =>
  texts.map((text, at) => (at < 1 ? text.padEnd(16) : text.padStart(9))).join(" ");
console.log("The peak is the most resident memory. × size is the peak without that of a small entry.\n");
console.log(`${columns(["value", "MiB", "heap MiB", "peak MiB", "× size", "s"])}  outcome`);
const [small] = KINDS;
const bases = new Map<number, number>();
for (const heap of numbersOf(options.heaps)) {
  if (small !== undefined) bases.set(heap, (await replay(small, 1024, heap)).peakBytes);
}
let failures = 0;
for (const kind of KINDS) {
  for (const size of numbersOf(options.sizes)) {
    for (const heap of numbersOf(options.heaps)) {
      const { peakBytes, seconds, text } = await replay(kind, size * MIB, heap);
      if (!text.startsWith("recorded")) failures += 1;
      const times = (peakBytes - (bases.get(heap) ?? 0)) / MIB / size;
      const numbers = [size, heap, Math.round(peakBytes / MIB), times.toFixed(1), seconds.toFixed(1)];
      console.log(`${columns([kind.name, ...numbers.map(String)])}  ${text}`);
    }
  }
}
console.log(failures === 0 ? "\nevery entry was recorded" : `\n${failures} entries were not recorded`);
process.exitCode = failures === 0 ? 0 : 1;

/** Replays a capture with a large entry between two small ones. */
async function replay(kind: Kind, size: number, heap: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "etrap-large-"));
  try {
    const capture = join(folder, "capture.jsonl");
    // The size is that of the message, in which JSON escapes the value.
    const repetitions = Math.floor(size / (Buffer.byteLength(JSON.stringify(kind.unit)) - 2));
    const large = Array.from({ length: Number(options.entries) }, () =>
      entryOf(kind.unit.repeat(repetitions), kind.isJson),
    );
    const entries = [entryOf("small"), ...large, entryOf("small")];
    const lines = entries.map((fields, at) => `${JSON.stringify({ stream: "s", id: `${at + 1}-0`, fields })}\n`);
    await writeFile(capture, lines);
    const environment = {
      ETRAP_ORG_ID: "acme",
      ETRAP_STORE_DIR: join(folder, "ledger"),
      ...(kind.maxEntryBytes === undefined ? {} : { ETRAP_MAX_ENTRY_BYTES: String(kind.maxEntryBytes) }),
    };
    const run = await runEtrap(["replay", capture], environment, heap);
    const text = run.code === 0 ? recordedIn(environment.ETRAP_STORE_DIR) : `exit ${run.code ?? "by a signal"}`;
    return { ...run, text };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function entryOf(value: string, isJson = true): [string, string][] {
  const source = { connector: "postgresql", db: "erp", schema: "public", table: "t" };
  const message = isJson ? JSON.stringify({ op: "c", before: null, after: { id: 1, value }, source }) : value;
  return [
    ["key", '{"id":1}'],
    ["value", message],
  ];
}

function recordedIn(folder: string): string {
  const entries = changesOf(readLedger(folder)).find(({ id }) => id === "2-0");
  if (entries === undefined) return "lost";
  const { record, payload } = entries;
  if (record.operation !== "POISON") return "recorded as a change";
  return `recorded as poison ${record.reason ?? ""}, ${(payload.entry?.bytes.length ?? 0) / 2} bytes kept`;
}

async function runEtrap(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  heap: number,
): Promise<{ code: number | null; peakBytes: number; seconds: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [`--max-old-space-size=${heap}`, "--conditions=@etrap/source", MAIN, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: "ignore",
  });
  let peakBytes = 0;
  const timer = setInterval(() => {
    void peakOf(child.pid).then((bytes) => {
      peakBytes = Math.max(peakBytes, bytes);
    });
  }, POLL_MS);
  const [code] = await once(child, "close");
  clearInterval(timer);
  const seconds = (performance.now() - start) / 1000;
  return { code: typeof code === "number" ? code : null, peakBytes, seconds };
}

/** Returns the peak of a process's memory so far, as Linux counts it; 0 once it ended. */
async function peakOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const [, kilobytes = "0"] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return Number(kilobytes) * 1024;
}
