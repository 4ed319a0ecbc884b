import { codeOf, repairChain } from "@etrap/ledger";
import type { ObjectStore, RepairedSlot } from "@etrap/ledger";
import { batchId } from "@etrap/proof";
import type { Command } from "commander";
import { AgentError } from "../agent-error.ts";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { chainLabel } from "../report/chain-label.ts";
import { toErrorInfo } from "../report/error-info.ts";
import { printable, printableJson } from "../report/printable.ts";
import { writeErrorInfo } from "../report/write-error-info.ts";
import type { CommandContext } from "./command-context.ts";
import { adviceForUnknown, findChains } from "./find-chains.ts";
import type { ChainQuery } from "./find-chains.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";

interface RepairQuery extends ChainQuery {
  readonly dryRun: boolean;
}

/** The number of slots that were missing, and of chains that could not be restored. */
interface Totals {
  readonly missing: number;
  readonly refused: number;
}

/** Adds the command `repair`. */
export function addRepairCommand(program: Command, context: CommandContext): void {
  program
    .command("repair")
    .description("restore missing slots, each from the batch that the next slot names")
    .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
    .option("--database <name>", "only the chains of this database (default: all)")
    .option("--dry-run", "show which slots are missing, and restore none", false)
    .option(...STORE_OPTION)
    .action(async (options: StoreOptions & RepairQuery) =>
      context.setExit(await repair(await openStore(context.shell, options), options, context)),
    );
}

/**
 * Restores the missing slots of the chains that match, and writes a line for each. A chain that
 * cannot be restored does not stop the others. Returns `yes` where no slot is missing any more, or
 * else `no`. Throws BAD_ARGUMENT where no chain matches, and the errors of the store.
 */
async function repair(store: ObjectStore, query: RepairQuery, context: CommandContext): Promise<ExitCode> {
  const chains = await Array.fromAsync(findChains(store, query));
  if (chains.length === 0) await refuseUnknown(store, query);
  let [missing, refused] = [0, 0];
  for (const chain of chains) {
    try {
      for await (const slot of repairChain(store, chain, query)) {
        missing += 1;
        writeSlot(slot, query, context);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      refused += 1;
      writeErrorInfo(toErrorInfo(error), { writeError: context.shell.writeError, json: context.isJson() });
    }
  }
  if (!context.isJson() && missing + refused === 0) context.shell.write(wholeLine(chains.length));
  return exitCodeOf({ missing, refused }, query);
}

/** Throws BAD_ARGUMENT for a query that no chain matches, unless it asks for all. */
async function refuseUnknown(store: ObjectStore, query: ChainQuery): Promise<void> {
  const { table, database } = query;
  if (table === undefined && database === undefined) return;
  const given = [table === undefined ? [] : `--table ${table}`, database === undefined ? [] : `--database ${database}`];
  const advice = await adviceForUnknown(store, query);
  throw new AgentError("BAD_ARGUMENT", `${given.flat().join(" ")}: no such chain in the ledger; ${advice}`);
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
  return `no slot is missing: checked ${count} ${count === 1 ? "chain" : "chains"} up to the newest slot`;
}

function exitCodeOf({ missing, refused }: Totals, { dryRun }: RepairQuery): ExitCode {
  return refused > 0 || (dryRun && missing > 0) ? EXIT.no : EXIT.yes;
}
