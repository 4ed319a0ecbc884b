import { codeOf, completeDerived, repairChain } from "@etrap/ledger";
import type { ChainName, IncompleteBatch, ObjectStore, RepairedSlot } from "@etrap/ledger";
import { batchId } from "@etrap/proof";
import type { Command } from "commander";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { chainLabel } from "../report/chain-label.ts";
import { toErrorInfo } from "../report/error-info.ts";
import { printable, printableJson } from "../report/printable.ts";
import { writeErrorInfo } from "../report/write-error-info.ts";
import type { CommandContext } from "./command-context.ts";
import { findChains, refuseUnknownChain } from "./find-chains.ts";
import type { ChainQuery } from "./find-chains.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";

interface RepairQuery extends ChainQuery {
  readonly dryRun: boolean;
}

/** The number of slots and derived documents that were missing, and of those beyond repair. */
interface Totals {
  missing: number;
  refused: number;
}

/** Adds the command `repair`. */
export function addRepairCommand(program: Command, context: CommandContext): void {
  program
    .command("repair")
    .description("restore missing slots, each from the batch that the next slot names, and complete batches")
    .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
    .option("--database <name>", "only the chains of this database (default: all)")
    .option("--dry-run", "show what is missing, and restore nothing", false)
    .option(...STORE_OPTION)
    .action(async (options: StoreOptions & RepairQuery) =>
      context.setExit(await repair(await openStore(context.shell, options), options, context)),
    );
}

/**
 * Restores the missing slots of the chains that match, then the derived documents of their batches,
 * and writes a line for each slot and each batch. What cannot be restored does not stop the rest.
 * Returns `yes` where nothing is missing any more, or else `no`. Throws BAD_ARGUMENT where no chain
 * matches, and the errors of the store.
 */
async function repair(store: ObjectStore, query: RepairQuery, context: CommandContext): Promise<ExitCode> {
  const chains = await Array.fromAsync(findChains(store, query));
  if (chains.length === 0) await refuseUnknownChain(store, query);
  const totals: Totals = { missing: 0, refused: 0 };
  for (const chain of chains) {
    try {
      await repairOne(store, chain, { query, context, totals });
    } catch (error) {
      if (!isDamage(error)) throw error;
      writeRefusal(error, context, totals);
    }
  }
  if (!context.isJson() && totals.missing + totals.refused === 0) context.shell.write(wholeLine(chains.length));
  return exitCodeOf(totals, query);
}

/** The parts of a repair that its lines depend on. */
interface Repair {
  readonly query: RepairQuery;
  readonly context: CommandContext;
  readonly totals: Totals;
}

async function repairOne(store: ObjectStore, chain: ChainName, { query, context, totals }: Repair): Promise<void> {
  const before = totals.missing;
  for await (const slot of repairChain(store, chain, query)) {
    totals.missing += 1;
    writeSlot(slot, query, context);
  }
  // A dry run restores no slot, so the batches behind a missing one cannot be read.
  if (query.dryRun && totals.missing > before) return;
  for await (const batch of completeDerived(store, chain, query)) {
    if (batch.kind === "damaged") writeRefusal(batch.error, context, totals);
    else {
      totals.missing += 1;
      writeCompleted(batch, query, context);
    }
  }
}

function writeRefusal(error: unknown, { shell, isJson }: CommandContext, totals: Totals): void {
  totals.refused += 1;
  writeErrorInfo(toErrorInfo(error), { writeError: shell.writeError, json: isJson() });
}

function writeCompleted(
  { header, keys }: Extract<IncompleteBatch, { kind: "completed" }>,
  { dryRun }: RepairQuery,
  { shell, isJson }: CommandContext,
): void {
  const id = batchId(header);
  const line = `${dryRun ? "incomplete" : "completed"}  ${id}  #${header.seq}  ${chainLabel(header)}  ${keys.length} documents`;
  const answer = { batchId: id, seq: header.seq, completed: !dryRun, keys };
  shell.write(isJson() ? printableJson(answer) : printable(line));
}

/** Whether an error is about one chain and says nothing about the others. */
function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  return code === "SLOT_MISSING" || code === "LEDGER_DAMAGED";
}

function writeSlot({ key, header }: RepairedSlot, { dryRun }: RepairQuery, { shell, isJson }: CommandContext): void {
  const id = batchId(header);
  const { database, schema, table, seq } = header;
  const line = `${dryRun ? "missing " : "restored"}  ${key}  ${id}  #${seq}  ${chainLabel(header)}`;
  const answer = { slot: key, restored: !dryRun, batchId: id, database, schema, table, seq };
  shell.write(isJson() ? printableJson(answer) : printable(line));
}

function wholeLine(count: number): string {
  return `nothing is missing: checked ${count} ${count === 1 ? "chain" : "chains"} up to the newest slot`;
}

function exitCodeOf({ missing, refused }: Totals, { dryRun }: RepairQuery): ExitCode {
  return refused > 0 || (dryRun && missing > 0) ? EXIT.no : EXIT.yes;
}
