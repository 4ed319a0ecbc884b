import { IMAGES } from "@etrap/proof";
import type { OnEvent } from "../events.ts";
import { chainKey } from "../intake/chain-names.ts";
import { createTally } from "../intake/tally.ts";
import type { Change } from "../ports.ts";
import type { ClosedBatch } from "../sealing/seal.ts";

/** Reports and counts what is not recorded in full, once its batch is stored. */
export interface StoredFacts {
  /** Reports the poison and the newly omitted columns of a batch whose slot stands. */
  note(batch: ClosedBatch): void;
  /** Returns the number of poison entries that were recorded, by reason. */
  poison(): Readonly<Record<string, number>>;
  /** Returns the number of values that were omitted, by code. */
  omitted(): Readonly<Record<string, number>>;
}

/**
 * The largest number of columns that are remembered as reported, each with its image and code.
 * Further ones are only counted.
 */
const MAX_REPORTED = 4_096;

/** Creates facts that have noted nothing. */
export function createStoredFacts(onEvent: OnEvent): StoredFacts {
  const [poison, omitted] = [createTally(), createTally()];
  const reported = new Set<string>();

  const isNew = (key: string): boolean => {
    if (reported.has(key) || reported.size >= MAX_REPORTED) return false;
    reported.add(key);
    return true;
  };
  const noteOmitted = (chain: ClosedBatch["chain"], change: Change): void => {
    const prefix = chainKey(chain);
    for (const part of IMAGES) {
      for (const [column, code] of Object.entries(change.omitted?.[part] ?? {})) {
        omitted.add(code);
        if (isNew(`${prefix} ${part} ${code} ${column}`))
          onEvent({ type: "column-omitted", chain, part, column, code });
      }
    }
  };

  return {
    note({ chain, stream, deliveries }) {
      for (const { entry, position } of deliveries) {
        if (entry.kind === "poison") {
          poison.add(entry.reason);
          onEvent({ type: "entry-poisoned", chain, stream, id: position.id, reason: entry.reason });
        } else if (entry.kind === "change" && entry.omitted !== null) noteOmitted(chain, entry);
      }
    },
    poison: poison.counts,
    omitted: omitted.counts,
  };
}
