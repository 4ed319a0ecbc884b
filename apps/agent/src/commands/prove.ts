import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBatch, readHeaders } from "@etrap/batcher";
import type { ObjectStore } from "@etrap/batcher";
import {
  discloseProof,
  encodeProofFile,
  findRow,
  parseProofFile,
  ProofError,
  shownValues,
  verifyBatch,
} from "@etrap/proof";
import { isImage } from "@etrap/proof/write";
import type { ChainName, Image, OpenedImage, ProofFile, Value } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";
import { findChains } from "../find-chains.ts";

/** Which changes are to be proved. */
export interface ProveQuery {
  /** `schema.table`, or `table` in the schema `public`. */
  readonly table: string;
  readonly database: string | undefined;
  /** `column=value`, all of which must hold of one image. */
  readonly where: readonly string[];
  /** Columns that the proofs show; undefined: all. */
  readonly show: readonly string[] | undefined;
}

/** What `prove` found. */
export interface Proved {
  /** The proof files' paths. */
  readonly files: readonly string[];
  /** How many changes may have these values, and do not show enough to tell. */
  readonly undecided: number;
}

/**
 * Writes a proof file for every change in the record whose key, row before or row after has these values. Reads slots only, so a batch that no
 * slot names is never proved from. Throws ProofError for a batch that is not what its header says, NOT_DISCLOSABLE where some columns are asked
 * for of a row that opens whole or not at all; FILE_EXISTS where another file stands.
 */
export async function prove(store: ObjectStore, query: ProveQuery, outDir: string): Promise<Proved> {
  const conditions = query.where.map(parseCondition);
  checkConditions(conditions);
  const queries = queriesOf(conditions);
  const chain = await findChain(store, query);
  const proofs = new Map<string, ProofFile>();
  let undecided = 0;
  for await (const header of readHeaders(store, chain)) {
    const batch = verifyBatch(await readBatch(store, header));
    const found = queries.map((columns) => findRow(batch, { columns }));
    const matches = new Set(found.flatMap((each) => each.matches));
    const unclear = new Set(found.flatMap((each) => each.undecided));
    undecided += Array.from(unclear).filter((index) => !matches.has(index)).length;
    for (const index of matches) proofs.set(join(outDir, `${batch.batchId}-${index}.etrap.json`), batch.prove(index));
  }
  checkColumns(Array.from(proofs.values()), query.show ?? []);
  // All of them before the first is written: a refusal leaves nothing behind.
  const shown = Array.from(proofs, ([file, proof]) => [file, showColumns(proof, query.show)] as const);
  for (const [file, proof] of shown) await writeOnce(file, proof);
  return { files: Array.from(proofs.keys()), undecided };
}

async function findChain(store: ObjectStore, { table, database }: ProveQuery): Promise<ChainName> {
  const found = await Array.fromAsync(findChains(store, { table, database }));
  const [chain, ...others] = found;
  if (chain === undefined)
    throw new AgentError("BAD_ARGUMENT", `--table ${table}: no such table in the record; see etrap batches list`);
  if (others.length > 0) {
    const names = found.map((each) => `${each.database}: schema ${each.schema}, table ${each.table}`);
    throw new AgentError(
      "BAD_ARGUMENT",
      `--table ${table}: ${found.length} tables bear this name (${names.join("; ")}); name the --database, or write schema.table`,
    );
  }
  return chain;
}

interface Condition {
  readonly column: string;
  readonly value: string;
}

function parseCondition(text: string): Condition {
  const at = text.indexOf("=");
  if (at < 1) throw new AgentError("BAD_ARGUMENT", "--where: expected column=value");
  return { column: text.slice(0, at), value: text.slice(at + 1) };
}

/** Each condition may have two meanings, so that ten are a thousand queries. */
const MOST_CONDITIONS = 10;

function checkConditions(conditions: readonly Condition[]): void {
  if (conditions.length > MOST_CONDITIONS) {
    throw new AgentError("BAD_ARGUMENT", `--where: expected at most ${MOST_CONDITIONS} conditions`);
  }
  if (new Set(conditions.map(({ column }) => column)).size < conditions.length) {
    throw new AgentError("BAD_ARGUMENT", "--where: expected each column once");
  }
}

/** What a condition may mean: `true` is a text in one column, a boolean in another, and nobody here knows the columns. */
function queriesOf(conditions: readonly Condition[]): Image[] {
  let queries: Image[] = [{}];
  for (const { column, value } of conditions) {
    queries = meaningsOf(value).flatMap((meaning) => queries.map((query) => ({ ...query, [column]: meaning })));
  }
  return queries;
}

function meaningsOf(value: string): Value[] {
  try {
    const image = { value: JSON.parse(value) };
    return isImage(image) && typeof image.value !== "string" ? [value, image.value] : [value];
  } catch {
    return [value];
  }
}

/** Throws BAD_ARGUMENT for a column that no change has; one may well lack it, as a deletion that is recorded by its key. */
function checkColumns(proofs: readonly ProofFile[], columns: readonly string[]): void {
  const known = new Set(
    proofs.flatMap(({ payload: { key, before, after } }) =>
      [key, before, after].flatMap((image) => (image === null ? [] : Object.keys(shownValues(image)))),
    ),
  );
  const unknown = columns.filter((column) => !known.has(column));
  if (proofs.length > 0 && unknown.length > 0) {
    throw new AgentError("BAD_ARGUMENT", `--show ${unknown.join(" ")}: no such column`);
  }
}

/** The proof, showing these columns of each image that has them. */
function showColumns(proof: ProofFile, columns: readonly string[] | undefined): ProofFile {
  if (columns === undefined) return proof;
  const shownOf = (image: OpenedImage | null): readonly string[] => {
    const names = image === null ? [] : Object.keys(shownValues(image));
    return columns.filter((column) => names.includes(column));
  };
  const { key, before, after } = proof.payload;
  return discloseProof(proof, { key: shownOf(key), before: shownOf(before), after: shownOf(after) });
}

/** A proof that stands is left alone: it may have been anchored since, and never goes back to pending. One that shows something else is not the one that was asked for. */
async function writeOnce(file: string, proof: ProofFile): Promise<void> {
  try {
    await writeFile(file, encodeProofFile(proof), { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    if (!(await isSameProof(file, proof))) {
      throw new AgentError("FILE_EXISTS", `${file} is another file or shows other columns; choose another --out`);
    }
  }
}

async function isSameProof(file: string, proof: ProofFile): Promise<boolean> {
  try {
    const standing = parseProofFile(await readFile(file));
    const upgraded = { ...proof, headers: standing.headers, anchor: standing.anchor };
    return Buffer.compare(encodeProofFile(upgraded), encodeProofFile(standing)) === 0;
  } catch (error) {
    if (error instanceof ProofError) return false;
    throw error;
  }
}
