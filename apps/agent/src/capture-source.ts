import { createReadStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeSource, Delivery, Entry } from "@etrap/batcher";
import { comparePositions } from "@etrap/proof";
import { isPosition } from "@etrap/proof/write";
import * as v from "valibot";
import { AgentError } from "./agent-error.ts";

/** One line of a capture file: a stream entry, its fields in the order of the stream. */
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

/** How long a pull at the end of the file takes. */
const END_MS = 10;

const encoder = new TextEncoder();

/**
 * Creates a source that reads a capture file from its beginning. It keeps no committed position: what is in the record already is found there
 * and dropped. At the end of the file, pulling gives nothing more. Pulling rejects with BAD_CAPTURE, which names the line.
 */
export function createCaptureSource(file: string, decode: (fields: readonly Uint8Array[]) => Entry): ChangeSource {
  const entries = readCapture(file);
  return {
    generation: 0,
    async pull({ max, maxBytes }) {
      const deliveries: Delivery[] = [];
      for (let bytes = 0; deliveries.length < max && bytes < maxBytes;) {
        const next = await entries.next();
        if (next.done === true) {
          // At the end there is no reading any more that would let others have their turn.
          await sleep(END_MS);
          break;
        }
        const delivery = deliveryOf(next.value, decode);
        deliveries.push(delivery);
        bytes += delivery.size;
      }
      return deliveries;
    },
    async commit() {},
  };
}

/** The entries of a capture file, in its order. Throws BAD_CAPTURE for a line that is none or stands before its stream's last. */
export async function* readCapture(file: string): AsyncGenerator<CapturedEntry> {
  const lastIds = new Map<string, string>();
  let number = 0;
  for await (const line of readLines(file)) {
    number += 1;
    if (line.trim() === "") continue;
    const entry = parseLine(line);
    if (entry === undefined) {
      throw new AgentError(
        "BAD_CAPTURE",
        `${file}, line ${number}: expected {"stream","id","fields":[[name,value],…]}`,
      );
    }
    const last = lastIds.get(entry.stream);
    if (last !== undefined && comparePositions(entry.id, last) <= 0) {
      throw new AgentError(
        "BAD_CAPTURE",
        `${file}, line ${number}: expected an id after ${last} in its stream, got ${entry.id}`,
      );
    }
    lastIds.set(entry.stream, entry.id);
    yield entry;
  }
}

/** Lines as JSON lines has them, ended by a line feed alone: U+2028, which Node's readline splits at, may stand inside a value. */
async function* readLines(file: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(file, "utf8")) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}

/** An entry's names and values in turn, as a carrier hands them over. */
export function encodeFields({ fields }: CapturedEntry): Uint8Array[] {
  return fields.flat().map((field) => encoder.encode(field));
}

function deliveryOf(entry: CapturedEntry, decode: (fields: readonly Uint8Array[]) => Entry): Delivery {
  const fields = encodeFields(entry);
  return {
    position: { stream: entry.stream, id: entry.id },
    generation: 0,
    entry: decode(fields),
    fields,
    size: fields.reduce((sum, field) => sum + field.length, 0),
  };
}

function parseLine(line: string): CapturedEntry | undefined {
  try {
    return v.parse(entrySchema, JSON.parse(line));
  } catch {
    return undefined;
  }
}
