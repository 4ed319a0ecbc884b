import { createReadStream } from "node:fs";
import { comparePositions, isPosition } from "@etrap/proof";
import { parseJson } from "@etrap/proof/json";
import * as v from "valibot";
import { AgentError } from "../agent-error.ts";

/** One line of a capture file: a stream entry with its fields in their order. */
export interface CapturedEntry {
  readonly stream: string;
  readonly id: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** An entry as a carrier gives it: the names and values in turn, as bytes. */
export interface EncodedEntry {
  readonly stream: string;
  readonly id: string;
  readonly fields: readonly Uint8Array[];
}

const entrySchema = v.object({
  stream: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)),
  id: v.pipe(
    v.string(),
    v.check((id) => isPosition(id)),
  ),
  fields: v.array(v.strictTuple([v.string(), v.string()])),
});

const encoder = new TextEncoder();

/**
 * Reads the entries of a capture file in order. Throws BAD_CAPTURE, which names the line, for a
 * line that is not an entry, and for an id that is not greater than the one before in its stream.
 */
export async function* readCapture(file: string): AsyncGenerator<EncodedEntry> {
  const lastIds = new Map<string, string>();
  let number = 0;
  for await (const takeLine of readLines(file)) {
    number += 1;
    const entry = parseLine(takeLine(), `${file}, line ${number}`);
    if (entry === undefined) continue;
    checkOrder(entry, lastIds.get(entry.stream), `${file}, line ${number}`);
    lastIds.set(entry.stream, entry.id);
    yield entry;
  }
}

const LINE_FEED = 0x0a;

/**
 * Splits at line feeds only, as JSON lines requires. Node's readline also splits at U+2028, which
 * may be part of a value.
 */
async function* readLines(file: string): AsyncGenerator<() => string> {
  // The parts of a line are joined once, at its end: joining each part would take minutes for a
  // line of 64 MB.
  let parts: Buffer[] = [];
  const takeLine = (): string => {
    const line = Buffer.concat(parts).toString();
    parts = [];
    return line;
  };
  for await (const chunk of createReadStream(file)) {
    const bytes: Buffer = chunk;
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      parts.push(bytes.subarray(start, end));
      start = end + 1;
      yield takeLine;
    }
    parts.push(bytes.subarray(start));
  }
  yield takeLine;
}

function parseLine(line: string, place: string): EncodedEntry | undefined {
  if (line.trim() === "") return undefined;
  try {
    const { stream, id, fields }: CapturedEntry = v.parse(entrySchema, parseJson(line));
    return { stream, id, fields: fields.flat().map((field) => encoder.encode(field)) };
  } catch {
    // Without the cause, whose message quotes values.
    throw new AgentError("BAD_CAPTURE", `${place}: expected {"stream","id","fields":[[name,value],…]}`);
  }
}

function checkOrder({ id }: EncodedEntry, last: string | undefined, place: string): void {
  if (last === undefined || comparePositions(id, last) > 0) return;
  throw new AgentError("BAD_CAPTURE", `${place}: expected an id after ${last} in its stream, got ${id}`);
}
