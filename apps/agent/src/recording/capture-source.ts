import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeSource, Delivery, Entry } from "@etrap/batcher";
import { readCapture } from "./capture-file.ts";
import type { EncodedEntry } from "./capture-file.ts";

/** The time that a pull at the end of the file takes. */
const END_MS = 10;

/**
 * Creates a source that reads a capture file from its beginning. It keeps no committed position:
 * the batcher drops entries that are in the ledger already. `pull` rejects as `readCapture` does.
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
          // Reading the file gives other tasks their turn. At its end only a wait does.
          await sleep(END_MS);
          break;
        }
        const delivery = toDelivery(next.value, decode);
        deliveries.push(delivery);
        bytes += delivery.size;
      }
      return deliveries;
    },
    async commit() {},
  };
}

function toDelivery({ stream, id, fields }: EncodedEntry, decode: (fields: readonly Uint8Array[]) => Entry): Delivery {
  return {
    position: { stream, id },
    generation: 0,
    entry: decode(fields),
    fields,
    size: fields.reduce((sum, field) => sum + field.length, 0),
  };
}
