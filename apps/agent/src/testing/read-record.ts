import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { batchId, encodeProofFile, parseHeader, verifyBatch, verifyChain, verifyProof } from "@etrap/proof";
import type { ChainName, Payload, ChangeRecord, VerifiedBatch } from "@etrap/proof";

/** One change in the record, with where it came from. */
export interface RecordedChange {
  readonly stream: string;
  readonly id: string;
  readonly record: ChangeRecord;
  readonly payload: Payload;
}

/** One chain of a record, oldest batch first. */
export interface RecordedChain extends ChainName {
  readonly batches: readonly VerifiedBatch[];
}

/**
 * Reads a whole record from its files, as a stranger would: with nothing but `@etrap/proof`. Every batch is verified, every chain is one
 * unforked line from 0, and every change is proved and its proof verified. Throws at the first thing that is not so.
 */
export function readRecord(folder: string): RecordedChain[] {
  return subfolders(folder)
    .filter((name) => !name.startsWith("."))
    .flatMap((database) => subfolders(join(folder, database)).map((table) => join(folder, database, table)))
    .flatMap((chainFolder) => {
      const batches = readChain(chainFolder);
      const [first] = batches;
      return first === undefined
        ? []
        : [{ database: first.header.database, schema: first.header.schema, table: first.header.table, batches }];
    });
}

/** Every change of a record, chain by chain, in the order of each chain. */
export function changesOf(chains: readonly RecordedChain[]): RecordedChange[] {
  return chains.flatMap(({ batches }) =>
    batches.flatMap(({ header, rows }) =>
      rows.map((row) => ({ stream: header.stream, id: row.record.position, ...row })),
    ),
  );
}

function readChain(folder: string): VerifiedBatch[] {
  const slots = subfiles(join(folder, "chain")).toSorted();
  const batches = slots.map((name) => {
    const slot = readFileSync(join(folder, "chain", name));
    const id = batchId(parseHeader(slot));
    const batch = verifyBatch({ slot, batchData: readFileSync(join(folder, id, "batch-data.json")) });
    for (const index of batch.rows.keys()) verifyProof(encodeProofFile(batch.prove(index)));
    return batch;
  });
  const headers = batches.map(({ header }) => header);
  verifyChain(headers);
  if (headers[0] !== undefined && headers[0].seq !== 0) throw new Error(`${folder}: the chain does not begin at 0`);
  return batches;
}

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function subfiles(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // An orphan's folder before the chain's first slot.
    return [];
  }
}
