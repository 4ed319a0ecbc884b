import { toArrival } from "../intake/to-arrival.ts";
import type { Arrival } from "../intake/arrival.ts";
import type { Change, Delivery, Entry } from "../ports.ts";
import type { Writer } from "../options/writer.ts";
import { sampleWriter } from "./sample-writer.ts";

const encoder = new TextEncoder();

/** Returns a change as a decoder gives it. By default, an insert into `public.account`. */
export function sampleChange(number: number, members: Partial<Change> = {}): Change {
  return {
    kind: "change",
    database: "erp",
    schema: "public",
    table: "account",
    operation: "INSERT",
    timestamp: 1_749_855_135_648,
    capturedAt: `${1_749_855_135_650_000_000n + BigInt(number)}`,
    lsn: String(24_023_128 + number),
    txId: "555",
    txOrder: number + 1,
    run: "first-run",
    key: { id: String(number) },
    before: null,
    after: { id: String(number), owner: `owner ${number}` },
    omitted: null,
    ...members,
  };
}

/**
 * Returns a delivery of this entry. Its fields are made from the entry, so equal entries have equal
 * bytes.
 */
export function sampleDelivery(entry: Entry, id: string, stream = "etrap.public.account"): Delivery {
  const fields = ["value", JSON.stringify(entry)].map((field) => encoder.encode(field));
  return {
    position: { stream, id },
    generation: 0,
    entry,
    fields,
    size: fields.reduce((sum, field) => sum + field.length, 0),
  };
}

/**
 * Returns the arrival that this delivery becomes by the writer's rules. Throws where it is a skip.
 */
export function sampleArrival(delivery: Delivery, writer: Writer = sampleWriter): Arrival {
  const arrival = toArrival(delivery, writer);
  if (arrival.kind === "skip") throw new Error(`expected an arrival, got a skip: ${arrival.reason}`);
  return arrival;
}
