/** Puts the lines of a folder's `.log` files into the record: `node src/custom-source.ts <folder> <store>`. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createBatcher, systemClock, type ChangeSource, type Delivery, type Position } from "@etrap/batcher";
import { openFsStore } from "@etrap/storage-fs";

const LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z);(\w+)\.(\w+);([A-Z]+);([!-:<-~]*);([!-:<-~]*)$/;
const UNTOLD = { capturedAt: null, lsn: null, txId: null, txOrder: null, run: null, before: null, omitted: null };
// What stands behind the last line break is still being written.
const linesOf = (path: string): string[] => readFileSync(path, "latin1").split("\n").slice(0, -1);

/** A line is `time;schema.table;operation;key;columns`. Any other is poison: recorded as it came, and nothing waits for it. */
function deliveryOf(line: string, position: Position): Delivery {
  const [, time = "", schema = "", table = "", word, ...texts] = LINE.exec(line) ?? [];
  const operation = (["INSERT", "UPDATE", "DELETE"] as const).find((each) => each === word);
  const read = { position, generation: 0, fields: [Buffer.from(line, "latin1")], size: line.length };
  if (operation === undefined) return { ...read, entry: { kind: "poison", database: "shop", reason: "NOT_A_CHANGE" } };
  const [key = null, after = null] = texts.map((text) => (text ? Object.fromEntries(new URLSearchParams(text)) : null));
  const told = { database: "shop", schema, table, operation, timestamp: Date.parse(time), key, after };
  return { ...read, entry: { kind: "change", ...told, ...UNTOLD } };
}

/** Each file is a stream, a line's number its position, and `<file>.done` how many are committed. A file may only grow. */
export function openLogs(folder: string): ChangeSource {
  const [read, committed] = [new Map<string, number>(), new Set<string>()];
  const doneOf = (stream: string): number => Number(readFileSync(`${folder}/${stream}.done`, { flag: "a+" }));
  return {
    generation: 0,
    async pull({ max, maxBytes: room, waitMs, paused, signal }) {
      const streams = readdirSync(folder).filter((name) => name.endsWith(".log") && !paused.has(name));
      const unread = streams.flatMap((stream) => {
        const from = read.get(stream) ?? doneOf(stream);
        const lines = linesOf(`${folder}/${stream}`).slice(from, from + max);
        return lines.map((line, index) => deliveryOf(line, { stream, id: `${from + index + 1}` }));
      });
      const deliveries = unread.slice(0, max).filter(({ size }) => (room -= size) > -size);
      for (const { position } of deliveries) read.set(position.stream, Number(position.id));
      await systemClock.sleep(deliveries.length > 0 ? 0 : waitMs, signal);
      return deliveries;
    },
    async commit(deliveries) {
      for (const { position, entry } of deliveries) {
        if (entry.kind === "poison") console.error(`${position.stream}:${position.id}: no change; recorded as it came`);
        let done = doneOf(position.stream);
        committed.add(`${position.stream} ${position.id}`);
        while (committed.delete(`${position.stream} ${done + 1}`)) done += 1;
        writeFileSync(`${folder}/${position.stream}.done`, `${done}`);
      }
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const [folder = "sample", root = "record"] = process.argv.slice(2);
  const ports = { source: openLogs(folder), store: await openFsStore({ root }) };
  const rules = { included_tables: null, excluded_tables: [], included_operations: null, excluded_columns: [] };
  const capture = { carrier: "log", source_name: "shop", options: {} };
  const writer = { organization: "acme", agent: "custom-source/1", capture, rules };
  await createBatcher(ports, { ...writer, onEvent: console.log }).runOnce();
}
