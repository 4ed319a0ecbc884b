import { batchId, headerDigest } from "@etrap/proof";
import { encodeAnchorDocument } from "@etrap/proof/write";
import type { ChainName, Header, Receipt } from "@etrap/proof";
import type { Entry, Publication } from "../ports.ts";
import { publicationOf } from "../anchoring/read-publication.ts";
import { seal } from "../sealing/seal.ts";
import type { SealedBatch } from "../sealing/seal.ts";
import { sampleArrival, sampleChange, sampleDelivery } from "./sample-delivery.ts";
import { sampleWriter } from "./sample-writer.ts";

const STREAM = "etrap.public.account";
const SEALED_AT = 1_749_855_196_423;

/** The first `count` batches of a chain, of one change each: the same at each call with the same arguments. `fork` makes other ones. */
export function sampleBatches(count: number, chain: ChainName = sampleChain("account"), fork = 0): SealedBatch[] {
  const batches: SealedBatch[] = [];
  for (let seq = 0; seq < count; seq += 1) {
    const deliveries = [sampleArrival(sampleDelivery(entryOf(chain, seq), `${seq + 1}-0`, STREAM))];
    const closed = { chain, stream: STREAM, deliveries };
    const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(fork);
    batches.push(seal(closed, batches.at(-1)?.header, sampleWriter, { sealedAt: SEALED_AT + seq, randomBytes }));
  }
  return batches;
}

function entryOf({ database, schema, table }: ChainName, number: number): Entry {
  if (schema === null || table === null) return { kind: "poison", database, reason: "NOT_JSON" };
  return sampleChange(number, { database, schema, table });
}

/** A table's chain in the database `erp`, in the schema `public`. */
export function sampleChain(table: string): ChainName {
  return { database: "erp", schema: "public", table };
}

/** What anchoring a sealed batch needs. */
export function samplePublication({ header, data }: SealedBatch): Publication {
  return publicationOf(header, data);
}

/** The bytes of an anchor.json that says this of a batch. */
export function sampleAnchorDocument(header: Header, receipt: Receipt): Uint8Array {
  const [batch_id, header_digest] = [batchId(header), headerDigest(header)];
  return encodeAnchorDocument({ format: "etrap-anchor/0", batch_id, header_digest, receipt });
}
