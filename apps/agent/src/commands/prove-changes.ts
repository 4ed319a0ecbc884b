import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ChainName, ObjectReader, ObjectStore } from "@etrap/ledger";
import { disclosedValues, discloseProof, findRow, IMAGES } from "@etrap/proof";
import type { Header, Image, OpenedImage, Operation, ProofFile, Row, VerifiedBatch } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";
import { indexNames, isInPeriod, mayHold } from "./change-period.ts";
import type { ChangePeriod } from "./change-period.ts";
import { createAnchorFinder } from "./find-stored-anchor.ts";
import { adviceForSeveral, adviceForUnknown, findChains } from "./find-chains.ts";
import { readIntactBatches } from "./read-intact-batches.ts";
import type { Damage } from "./read-verified.ts";
import { parseWhere } from "./where-conditions.ts";
import { writeProof } from "./write-proof.ts";

/** Which changes to prove. */
export interface ProveQuery {
  /** `schema.table`, or `table` for a table in the schema `public`. */
  readonly table: string;
  readonly database: string | undefined;
  /** Conditions `column=value`. One image of a change must meet all of them. */
  readonly where: readonly string[];
  /** Columns that the proofs show, undefined for all. */
  readonly show: readonly string[] | undefined;
  /** The time of the changes, undefined for any. */
  readonly period: ChangePeriod | undefined;
  /** The operation of the changes, undefined for any. */
  readonly operation: Operation | undefined;
  /** Whether to read every batch, whatever headers and indices say about times. */
  readonly readAll: boolean;
}

/** The outcome of `proveChanges`. */
export interface Proved {
  /** The paths of the proof files. */
  readonly files: readonly string[];
  /** The number of changes that may match but do not show the columns that would decide it. */
  readonly undecided: number;
  /** Batches and slots that are damaged, each of which may hold matching changes. */
  readonly damages: readonly Damage[];
  readonly unread: Unread;
}

/** The numbers of batches that were not read. */
export interface Unread {
  /** Their headers say that they hold no such change. */
  byHeader: number;
  /** Their indices say so, which proves nothing. */
  byIndex: number;
}

interface FoundProofs {
  /** By the name of the file. */
  readonly proofs: ReadonlyMap<string, ProofFile>;
  readonly undecided: number;
  readonly damages: readonly Damage[];
  readonly unread: Unread;
}

/**
 * Writes a proof file for every change in the ledger whose key, row before or row after matches.
 * Reads only batches that a slot names, so an orphan is never proved. A damaged batch does not keep
 * the changes of the others from being proved. Throws NOT_DISCLOSABLE where only some columns of a
 * row commitment are to be shown, BAD_ARGUMENT, FILE_EXISTS, and the errors of the store.
 */
export async function proveChanges(store: ObjectStore, query: ProveQuery, outDir: string): Promise<Proved> {
  const { proofs, undecided, damages, unread } = await findProofs(store, query);
  checkColumns(Array.from(proofs.values()), query.show ?? []);
  // Every proof is made before the first is written, so that a refusal leaves no files behind.
  const shown = Array.from(proofs, ([name, proof]) => [join(outDir, name), showColumns(proof, query.show)] as const);
  const withAnchor = createAnchorFinder(store);
  if (shown.length > 0) await mkdir(outDir, { recursive: true });
  for (const [file, proof] of shown) await writeProof(file, await withAnchor(proof));
  return { files: shown.map(([file]) => file), undecided, damages, unread };
}

async function findProofs(store: ObjectStore, query: ProveQuery): Promise<FoundProofs> {
  const queries = parseWhere(query.where);
  const chain = await findChain(store, query);
  const proofs = new Map<string, ProofFile>();
  const damages: Damage[] = [];
  const unread: Unread = { byHeader: 0, byIndex: 0 };
  const reading = {
    onDamage: (damage: Damage) => void damages.push(damage),
    isWanted: async (header: Header) => isWanted(store, header, { query, unread }),
  };
  let undecided = 0;
  for await (const batch of readIntactBatches(store, chain, reading)) {
    const { matches, unclear } = findMatches(batch, queries);
    const chosen = [...matches].map((index) => ({ index, isChosen: isChosen(batch.rows[index], query) }));
    undecided += unclear + chosen.filter((each) => each.isChosen === undefined).length;
    for (const { index } of chosen.filter((each) => each.isChosen === true))
      proofs.set(`${batch.batchId}-${index}.etrap.json`, batch.prove(index));
  }
  return { proofs, undecided, damages, unread };
}

/** Whether a batch may hold such a change, and so has to be read. */
async function isWanted(
  store: ObjectReader,
  header: Header,
  { query, unread }: { readonly query: ProveQuery; readonly unread: Unread },
): Promise<boolean> {
  const { period, operation, readAll } = query;
  if (readAll) return true;
  const isOut = operation !== undefined && header.operations[operation] === undefined;
  if (isOut || (period !== undefined && !mayHold(header, period))) {
    unread.byHeader += 1;
    return false;
  }
  if (period === undefined || (await indexNames(store, header, period))) return true;
  unread.byIndex += 1;
  return false;
}

/** Whether a change has the operation and the time. Undefined where it has no time. */
function isChosen(row: Row | undefined, { period, operation }: ProveQuery): boolean | undefined {
  if (row === undefined || (operation !== undefined && row.record.operation !== operation)) return false;
  return period === undefined ? true : isInPeriod(row.record, period);
}

interface Matches {
  /** Leaf indices. */
  readonly matches: ReadonlySet<number>;
  /** The number of changes that may match. */
  readonly unclear: number;
}

function findMatches(batch: VerifiedBatch, queries: readonly Image[]): Matches {
  const found = queries.map((values) => findRow(batch, { kind: "columns", values }));
  const matches = new Set(found.flatMap((each) => each.matches));
  const unclear = new Set(found.flatMap((each) => each.undecided));
  return { matches, unclear: Array.from(unclear).filter((index) => !matches.has(index)).length };
}

async function findChain(store: ObjectStore, { table, database }: ProveQuery): Promise<ChainName> {
  const found = await Array.fromAsync(findChains(store, { table, database }));
  const [chain, ...others] = found;
  if (chain === undefined) {
    const advice = await adviceForUnknown(store, { table, database });
    throw new AgentError("BAD_ARGUMENT", `--table ${table}: no such table in the ledger; ${advice}`);
  }
  if (others.length > 0) {
    const names = found.map((each) => `${each.database}: schema ${each.schema}, table ${each.table}`).join("; ");
    const advice = adviceForSeveral(found, table);
    throw new AgentError("BAD_ARGUMENT", `--table ${table}: expected one table, found ${names}${advice}`);
  }
  return chain;
}

/**
 * Throws BAD_ARGUMENT for a column that no proof has. One proof may lack it, such as a deletion
 * recorded by its key.
 */
function checkColumns(proofs: readonly ProofFile[], columns: readonly string[]): void {
  const known = new Set(proofs.flatMap(({ payload }) => IMAGES.flatMap((part) => columnsOf(payload[part]))));
  const unknown = columns.filter((column) => !known.has(column));
  if (proofs.length > 0 && unknown.length > 0) {
    throw new AgentError("BAD_ARGUMENT", `--show ${unknown.join(" ")}: no such column`);
  }
}

/** Returns the proof with only these columns shown, in each image that has them. */
function showColumns(proof: ProofFile, columns: readonly string[] | undefined): ProofFile {
  if (columns === undefined) return proof;
  const shownOf = (image: OpenedImage | null): readonly string[] => {
    const names = columnsOf(image);
    return columns.filter((column) => names.includes(column));
  };
  const { key, before, after } = proof.payload;
  return discloseProof(proof, { key: shownOf(key), before: shownOf(before), after: shownOf(after) });
}

function columnsOf(image: OpenedImage | null): readonly string[] {
  return image === null ? [] : Object.keys(disclosedValues(image));
}
