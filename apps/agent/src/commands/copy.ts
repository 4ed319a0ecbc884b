import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { codeOf, copyLedger } from "@etrap/ledger";
import type { CopyEvent, CopySummary } from "@etrap/ledger";
import type { Command } from "commander";
import { AgentError } from "../agent-error.ts";
import { EXIT } from "../exit-code.ts";
import type { ExitCode } from "../exit-code.ts";
import { printable, printableJson } from "../report/printable.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { openWritableStore } from "../storage/open-writable-store.ts";
import { storePlace } from "../storage/store-place.ts";
import { createReporter } from "../report/reporter.ts";
import type { CommandContext } from "./command-context.ts";
import { matchesChain, refuseUnknownChain } from "./find-chains.ts";
import type { ChainQuery } from "./find-chains.ts";
import { openStore, placeSettings } from "./open-store.ts";

interface CopyQuery extends ChainQuery {
  readonly from: string;
  readonly to: string;
  readonly withSource: boolean;
}

/** Adds the command `copy`. */
export function addCopyCommand(program: Command, context: CommandContext): void {
  program
    .command("copy")
    .description("copy a ledger into another folder or bucket, and verify every batch on the way")
    .requiredOption("--from <place>", "folder or s3://bucket/prefix that holds the ledger")
    .requiredOption("--to <place>", "folder or s3://bucket/prefix to copy to; made if it is missing")
    .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
    .option("--database <name>", "only the chains of this database (default: all)")
    .option(
      "--with-source",
      "copy the source ids of whole databases too, so that etrap run can go on recording to the copy; stop it first",
      false,
    )
    .addHelpText(
      "after",
      "\nA copy that was cut off is a shorter ledger. The same command goes on with it. Nothing is overwritten; orphans and stray keys are not copied, and counted. Both places use the same S3 settings of the environment.\n\nExit codes: 0 everything was copied, 1 something damaged was not, 2 a store could not be used or holds no chain.",
    )
    .action(async (query: CopyQuery) => context.setExit(await copy(query, context)));
}

/**
 * Copies the chains that match, and writes a line for each object that is refused and a summary.
 * Throws BAD_ARGUMENT where the places overlap or no chain matches, and the errors of the stores.
 */
async function copy(query: CopyQuery, { shell, isJson }: CommandContext): Promise<ExitCode> {
  const target = placeSettings(shell.environment, query.to);
  await refuseOverlap(placeSettings(shell.environment, query.from), target);
  const from = await openStore(shell, { store: query.from });
  await refuseUnknownChain(from, query);
  const to = await openWritableStore(target, {
    isSingleWriter: false,
    report: reportTo(shell, isJson()),
    signal: shell.signal,
  });
  if (to === undefined)
    throw new AgentError("CHANGES_UNSTORED", `${query.to}: nothing was copied: the stop came first`);
  let batches = 0;
  const summary = await copyLedger(from, to, {
    includes: (chain) => matchesChain(chain, query),
    withSources: query.withSource,
    signal: shell.signal,
    onEvent(event) {
      if (event.type === "copied" && !isJson()) shell.showProgress(`copied ${(batches += 1)} batches`);
      if (event.type !== "refused") return;
      shell.showProgress("");
      shell.write(isJson() ? printableJson(event) : printable(refusalLine(event)));
    },
  });
  shell.showProgress("");
  shell.write(isJson() ? printableJson({ type: "summary", ...summary }) : summaryLine(summary));
  if (summary.refused > 0) return EXIT.no;
  return summary.chains === 0 ? EXIT.couldNotCheck : EXIT.yes;
}

/** Reports what the preparation of a bucket says. */
function reportTo(shell: CommandContext["shell"], json: boolean): ReturnType<typeof createReporter> {
  return createReporter({ write: shell.writeError, json, debug: false, now: () => new Date() });
}

/** Throws BAD_ARGUMENT where one place is the other, or inside it. */
async function refuseOverlap(from: StoreSettings, to: StoreSettings): Promise<void> {
  const [one, other] = await Promise.all([comparablePlace(from), comparablePlace(to)]);
  if (!one.startsWith(other) && !other.startsWith(one)) return;
  throw new AgentError(
    "BAD_ARGUMENT",
    "--to: expected a place that is neither that of --from nor inside it, nor around it",
  );
}

async function comparablePlace(settings: StoreSettings): Promise<string> {
  if (settings.kind === "s3") return `${storePlace(settings)}/`;
  const folder = await realFolder(resolve(settings.root));
  return folder.endsWith(sep) ? folder : `${folder}${sep}`;
}

/** Follows the links in a path, the last parts of which may not exist yet. */
async function realFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    // A place that cannot be used is refused where it is opened.
    if (codeOf(error) !== "ENOENT" || parent === path) return path;
    return join(await realFolder(parent), basename(path));
  }
}

function refusalLine({ key, message }: Extract<CopyEvent, { type: "refused" }>): string {
  return `❌ ${key}: ${message}`;
}

function summaryLine({ chains, copied, present, refused, left }: CopySummary): string {
  if (chains === 0) return "❔ no chain found, so nothing was copied; check the place of --from";
  const there = present === 0 ? "" : `, ${present} were there`;
  const end = refused === 0 ? "" : `; ${refused} objects were refused`;
  const rest = refused === 0 ? "" : ", what follows damage";
  const behind =
    left === 0 ? "" : ` ${left} other objects were left: orphans, stray keys${rest}, or what was stored meanwhile.`;
  return `${refused === 0 ? "✅" : "❌"} copied ${copied} batches of ${chains} chains${there}${end}.${behind}`;
}
