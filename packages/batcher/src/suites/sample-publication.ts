import type { SampleBatch } from "@etrap/ledger/testing";
import type { Publication } from "../ports.ts";
import { publicationOf } from "../sealing/publication.ts";

/** Returns what anchoring a sample batch needs. */
export function samplePublication({ header, data }: SampleBatch): Publication {
  return publicationOf(header, data);
}
