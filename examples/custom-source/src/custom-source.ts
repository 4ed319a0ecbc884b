/** Records the lines of a folder's `.log` files: `node src/custom-source.ts <folder> <ledger>`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createBatcher, systemClock } from "@etrap/batcher";
import type { ChangeSource, Delivery, Entry } from "@etrap/batcher";
import { NO_RULES } from "@etrap/proof";
import { openFsStore } from "@etrap/storage-fs";

/** A line is `time;schema.table;operation;key;columns`, in printable ASCII. */
const LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z);(\w+)\.(\w+);([A-Z]+);([!-:<-~]*);([!-:<-~]*)$/;
const OPERATIONS = ["INSERT", "UPDATE", "DELETE"] as const;
/** The members of a change that this format does not have. */
const UNKNOWN = { capturedAt: null, lsn: null, txId: null, txOrder: null, run: null, omitted: null };

/** Decodes a line. Never throws: what is not a change is poison, which is recorded as it came. */
function decodeLine(line: string): Entry {
  const [, time = "", schema = "", table = "", word, key = "", columns = ""] = LINE.exec(line) ?? [];
  const operation = OPERATIONS.find((each) => each === word);
  const timestamp = Date.parse(time);
  if (operation === undefined || Number.isNaN(timestamp)) {
    return { kind: "poison", database: "shop", reason: "NOT_A_CHANGE" };
  }
  const images = { key: decodeImage(key), before: null, after: decodeImage(columns) };
  return { kind: "change", database: "shop", schema, table, operation, timestamp, ...images, ...UNKNOWN };
}

/** Decodes columns such as `id=1&owner=Ann`. */
function decodeImage(text: string): Record<string, string> | null {
  return text === "" ? null : Object.fromEntries(new URLSearchParams(text));
}

/** Opens a folder as a source: each file is a stream, and a line's number is its position. */
export function openLogs(folder: string): ChangeSource {
  /** The number of lines of each file that were delivered. */
  const delivered = new Map<string, number>();
  /** Lines, as `file:number`, that are committed although one before them is not. */
  const committedAhead = new Set<string>();
  /** The committed position of a file is in `<file>.done`, so that it survives a restart. */
  const committedLines = (file: string): number =>
    existsSync(`${folder}/${file}.done`) ? Number(readFileSync(`${folder}/${file}.done`, "utf8")) : 0;

  return {
    // A source that steps back increases its generation. A folder never makes that necessary.
    generation: 0,
    async pull({ max, maxBytes, waitMs, paused, signal }) {
      const deliveries: Delivery[] = [];
      let bytes = 0;
      for (const file of readdirSync(folder).filter((name) => name.endsWith(".log") && !paused.has(name))) {
        // latin1 keeps every byte. The text after the last line feed is still being written.
        const lines = readFileSync(`${folder}/${file}`, "latin1").split("\n").slice(0, -1);
        for (let next = delivered.get(file) ?? committedLines(file); next < lines.length; next += 1) {
          if (deliveries.length === max || bytes >= maxBytes) break;
          const line = lines[next] ?? "";
          const position = { stream: file, id: String(next + 1) };
          const fields = [Buffer.from(line, "latin1")];
          deliveries.push({ position, generation: 0, entry: decodeLine(line), fields, size: line.length });
          delivered.set(file, next + 1);
          bytes += line.length;
        }
      }
      // Even a wait of 0 ms gives other tasks their turn.
      await systemClock.sleep(deliveries.length > 0 ? 0 : waitMs, signal);
      return deliveries;
    },
    async commit(deliveries) {
      for (const { position, entry } of deliveries) {
        const { stream: file, id } = position;
        if (entry.kind === "poison") console.error(`${file}:${id}: not a change, recorded as it came`);
        committedAhead.add(`${file}:${id}`);
        // Commits come in any order. The position stops before the first line without one.
        let done = committedLines(file);
        while (committedAhead.delete(`${file}:${done + 1}`)) done += 1;
        writeFileSync(`${folder}/${file}.done`, String(done));
      }
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const [folder = "sample", root = "ledger"] = process.argv.slice(2);
  const ports = { source: openLogs(folder), store: await openFsStore({ root }) };
  const capture = { carrier: "log", source_name: "shop", options: {} };
  const writer = { organization: "acme", agent: "custom-source/1", capture, rules: NO_RULES };
  // Runs until the source has nothing more. For a service, call `run` with an AbortSignal.
  await createBatcher(ports, { ...writer, onEvent: console.log }).runOnce();
}
