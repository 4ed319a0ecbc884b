import { repairChain } from "@etrap/batcher";
import type { ObjectStore, RepairedSlot } from "@etrap/batcher";
import { batchId } from "@etrap/proof";
import type { ChainName } from "@etrap/proof";
import { AgentError } from "../agent-error.ts";
import { chainLabel } from "../chain-label.ts";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { findChains } from "../find-chains.ts";
import type { ChainQuery } from "../find-chains.ts";
import { printable, printableJson } from "../printable.ts";

/** What is to be repaired, and whether it is only to be told. */
export interface RepairQuery extends ChainQuery {
  readonly dryRun: boolean;
}

/** Where the outcome goes. */
export interface RepairReport {
  readonly write: (line: string) => void;
  readonly json: boolean;
  /** Takes why a chain cannot be restored; the others still are. */
  readonly onRefusal: (error: Error) => void;
}

/**
 * Restores the missing slots of every chain that is asked for, and writes a line for each. `yes` where all of them are whole now, `no` where a
 * slot is missing still. Throws BAD_ARGUMENT where no chain is asked for, and the store's errors.
 */
export async function repair(store: ObjectStore, query: RepairQuery, report: RepairReport): Promise<ExitCode> {
  const chains = await Array.fromAsync(findChains(store, query));
  checkFound(chains, query);
  const totals = { missing: 0, refusals: 0 };
  for (const chain of chains) {
    try {
      for await (const slot of repairChain(store, chain, query)) {
        totals.missing += 1;
        report.write(report.json ? printableJson(answerOf(slot, query)) : printable(lineOf(slot, query)));
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      totals.refusals += 1;
      report.onRefusal(error);
    }
  }
  if (!report.json && totals.missing + totals.refusals === 0) {
    const counted = `${chains.length} ${chains.length === 1 ? "chain" : "chains"}`;
    report.write(`nothing is missing: ${counted}, whole up to the newest slot`);
  }
  return totals.refusals > 0 || (query.dryRun && totals.missing > 0) ? EXIT.no : EXIT.yes;
}

function checkFound(chains: readonly ChainName[], { table, database }: ChainQuery): void {
  if (chains.length > 0 || (table === undefined && database === undefined)) return;
  const asked = [table === undefined ? [] : `--table ${table}`, database === undefined ? [] : `--database ${database}`];
  throw new AgentError(
    "BAD_ARGUMENT",
    `${asked.flat().join(" ")}: no such chain in the record; see etrap batches list`,
  );
}

/** What is wrong with one chain, and says nothing of the others. */
function isRefusal(error: unknown): error is Error {
  return (
    error instanceof Error && "code" in error && (error.code === "SLOT_MISSING" || error.code === "RECORD_DAMAGED")
  );
}

function answerOf({ key, header }: RepairedSlot, { dryRun }: RepairQuery): object {
  const { database, schema, table, seq } = header;
  return { slot: key, restored: !dryRun, batchId: batchId(header), database, schema, table, seq };
}

function lineOf({ key, header }: RepairedSlot, { dryRun }: RepairQuery): string {
  return `${dryRun ? "missing " : "restored"}  ${key}  ${batchId(header)}  #${header.seq}  ${chainLabel(header)}`;
}
