import { auditLedger } from "@etrap/ledger";
import type { AuditFinding, AuditSummary, ObjectReader } from "@etrap/ledger";
import type { Command } from "commander";
import type { NearReader } from "@etrap/anchor-near/reader";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { NEAR_OPTIONS, openNearReader } from "../near/near-options.ts";
import type { NearOptions } from "../near/near-options.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { CommandContext } from "./command-context.ts";
import { compareWithContract } from "../verification/compare-with-contract.ts";
import type { AnchorFinding } from "../verification/compare-with-contract.ts";
import { findChains, matchesChain, refuseUnknownChain } from "./find-chains.ts";
import type { ChainQuery } from "./find-chains.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { StoreOptions } from "./open-store.ts";
import { parseTime } from "./parse-time.ts";

interface AuditQuery extends ChainQuery {
  readonly headersOnly: boolean;
  readonly since?: string;
}

interface AuditOptions extends AuditQuery, NearOptions {
  readonly offline: boolean;
}

/** Adds the command `audit`. */
export function addAuditCommand(program: Command, context: CommandContext): void {
  const [network, contract, rpc] = NEAR_OPTIONS;
  program
    .command("audit")
    .description(
      "check a whole ledger: slots, links, batches, derived documents, leftovers, stray keys, and its anchor",
    )
    .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
    .option("--database <name>", "only the chains of this database (default: all)")
    .option(
      "--since <time>",
      "read only batches whole that may hold later changes, such as 2026-11-30 or 2026-11-30T08:00Z",
    )
    .option("--headers-only", "check the slots and their links alone", false)
    .option(...network)
    .option(...contract)
    .option(...rpc)
    .option("--offline", "do not compare the newest batches with the contract", false)
    .option(...STORE_OPTION)
    .addHelpText(
      "after",
      "\nExit codes: 0 all is right, 1 something is wrong, 2 something could not be checked. Notes, such as leftovers of a crash, change no exit code.",
    )
    .action(async (options: StoreOptions & AuditOptions) => context.setExit(await auditPlace(options, context)));
}

/** The largest number of stray keys in a bucket that are written. */
const MOST_STRAYS = 10_000;

/** Audits the store that the options name. A bucket may hold keys that no store lists. */
async function auditPlace(options: StoreOptions & AuditOptions, context: CommandContext): Promise<ExitCode> {
  const { shell, isJson } = context;
  const strays = new Set<string>();
  const store = await openStore(shell, options, (key) => {
    if (strays.has(key) || strays.size === MOST_STRAYS) return;
    strays.add(key);
    const finding = { severity: "note", code: "STRAY_KEY", key, message: "no store creates such a key" } as const;
    shell.write(isJson() ? jsonLine(finding) : printable(textLine(finding)));
  });
  const near = options.offline ? undefined : openNearReader(shell.environment, options);
  return audit({ store, near }, options, context);
}

/** A ledger, and the contract that it is compared with, where one is named. */
interface Audited {
  readonly store: ObjectReader;
  readonly near: NearReader | undefined;
}

/**
 * Audits the chains that match, and writes a line for each finding and a summary. Throws
 * BAD_ARGUMENT for a time that is none, and where no chain matches.
 */
async function audit(
  { store, near }: Audited,
  query: AuditQuery,
  { shell, isJson }: CommandContext,
): Promise<ExitCode> {
  const since = query.since === undefined ? undefined : parseTime("--since", query.since);
  await refuseUnknownChain(store, query);
  const write = (line: string): void => {
    shell.showProgress("");
    shell.write(line);
  };
  const writeFinding = (finding: Finding): void => write(isJson() ? jsonLine(finding) : printable(textLine(finding)));
  const audited = await auditLedger(store, {
    includes: (chain) => matchesChain(chain, query),
    headersOnly: query.headersOnly,
    signal: shell.signal,
    ...(since !== undefined && { since }),
    onEvent(event) {
      if (event.type === "finding") writeFinding(event.finding);
      else if (!isJson()) shell.showProgress(`checked ${event.batches} batches, ${event.leaves} changes`);
    },
  });
  const severities = { ...audited.severities };
  if (near !== undefined && audited.isComplete) {
    const chains = await Array.fromAsync(findChains(store, query));
    const isWholeStore = query.table === undefined && query.database === undefined;
    for await (const finding of compareWithContract({ store, chains, reader: near, isWhole: isWholeStore })) {
      severities[finding.severity] += 1;
      writeFinding(finding);
    }
  }
  const summary = { ...audited, severities };
  const isWhole =
    query.table === undefined && query.database === undefined && !query.headersOnly && since === undefined;
  const answer = { type: "summary", ...summary, contract: near?.contractId ?? null };
  for (const line of isJson() ? [printableJson(answer)] : summaryLines(summary, { isWhole, near })) write(line);
  if (severities.fault > 0) return EXIT.no;
  return severities.unchecked > 0 || !summary.isComplete || summary.chains === 0 ? EXIT.couldNotCheck : EXIT.yes;
}

type Finding = AuditFinding | AnchorFinding;

const SIGNS = { fault: "❌", unchecked: "❔", note: "·" } as const;

function textLine({ severity, code, key, message }: Finding): string {
  // A listing of everything has no key.
  return `${SIGNS[severity]} ${key === "" ? "" : `${key}: `}${message} (${code})`;
}

function jsonLine(finding: Finding): string {
  return printableJson({ type: "finding", ...finding });
}

function summaryLines(
  { isComplete, chains, batches, batchesRead, leaves, severities }: AuditSummary,
  { isWhole, near }: { readonly isWhole: boolean; readonly near: NearReader | undefined },
): string[] {
  const { fault, unchecked, note } = severities;
  // A wrong folder or prefix must not pass for a ledger without faults.
  if (chains === 0 && fault + unchecked === 0)
    return [`❔ no chain found, so nothing was checked (${note} notes); check the place of the ledger`];
  const whole = batchesRead === batches ? "" : ` (${batchesRead} read whole)`;
  const counts = `${chains} chains, ${batches} batches${whole}, ${leaves} changes`;
  const notes = note === 0 ? "" : `; ${note} notes`;
  return [
    fault + unchecked === 0
      ? `✅ ${isWhole ? "all is right" : "what was checked is right"}: checked ${counts}${notes}`
      : `${fault > 0 ? "❌" : "❔"} ${fault} faults, ${unchecked} not checked; checked ${counts}${notes}`,
    ...(isComplete ? [] : ["   The store gave no answer any more, so the audit was given up. Run it again."]),
    near === undefined
      ? "   The newest batches of a chain can be hidden together with their slots. Only the contract shows that: name it with --contract."
      : `   The ledger was compared with the contract ${near.contractId} on ${near.network}.`,
  ];
}
