import { createReadStream } from "node:fs";
import { comparePositions, isPosition } from "@etrap/proof";
import * as v from "valibot";
import { AgentError } from "../agent-error.ts";

/** One line of a capture file: a stream entry with its fields in their order. */
export interface CapturedEntry {
  readonly stream: string;
  readonly id: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
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
export async function* readCapture(file: string): AsyncGenerator<CapturedEntry> {
  const lastIds = new Map<string, string>();
  let number = 0;
  for await (const line of readLines(file)) {
    number += 1;
    if (line.trim() === "") continue;
    const entry = parseLine(line, `${file}, line ${number}`);
    checkOrder(entry, lastIds.get(entry.stream), `${file}, line ${number}`);
    lastIds.set(entry.stream, entry.id);
    yield entry;
  }
}

/** Returns the names and values of an entry in turn, as bytes, as a carrier gives them. */
export function encodeFields({ fields }: CapturedEntry): Uint8Array[] {
  return fields.flat().map((field) => encoder.encode(field));
}

/**
 * Splits at line feeds only, as JSON lines requires. Node's readline also splits at U+2028, which
 * may be part of a value.
 */
async function* readLines(file: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8")) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}

function parseLine(line: string, place: string): CapturedEntry {
  try {
    return v.parse(entrySchema, JSON.parse(line));
  } catch {
    // Without the cause, whose message quotes values.
    throw new AgentError("BAD_CAPTURE", `${place}: expected {"stream","id","fields":[[name,value],…]}`);
  }
}

function checkOrder({ id }: CapturedEntry, last: string | undefined, place: string): void {
  if (last === undefined || comparePositions(id, last) > 0) return;
  throw new AgentError("BAD_CAPTURE", `${place}: expected an id after ${last} in its stream, got ${id}`);
}
