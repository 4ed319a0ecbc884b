import { findLeftovers, removeLeftover } from "@etrap/ledger";
import type { Leftover } from "@etrap/ledger";
import type { Command } from "commander";
import { printable, printableJson } from "../report/printable.ts";
import type { CommandContext } from "./command-context.ts";
import { matchesChain, refuseUnknownChain } from "./find-chains.ts";
import type { ChainQuery } from "./find-chains.ts";
import { openStore, STORE_OPTION } from "./open-store.ts";
import type { CommandStore, StoreOptions } from "./open-store.ts";

interface DeleteOptions extends ChainQuery {
  readonly yes: boolean;
}

/** Adds the commands `orphans list` and `orphans delete`. */
export function addOrphansCommand(program: Command, context: CommandContext): void {
  const orphans = program.command("orphans").description("batches that no slot names, left by a crash or a lost race");
  const query = (command: Command): Command =>
    command
      .option("--table <name>", "schema.table, or a table in public (default: all, and the control chains)")
      .option("--database <name>", "only the chains of this database (default: all)")
      .option(...STORE_OPTION);
  query(orphans.command("list").description("write a line for every batch that no slot names")).action(
    async (options: StoreOptions & ChainQuery) =>
      writeLeftovers(await openStore(context.shell, options), { ...options, yes: false }, context),
  );
  query(orphans.command("delete").description("delete orphans: the slot of their number names another batch"))
    .option("--yes", "delete them; without this, only show what would be deleted", false)
    .addHelpText(
      "after",
      "\nA batch whose slot does not stand is never deleted: it may be on its way. Nothing is deleted from a chain with damaged slots: what looks like an orphan may be the true batch.",
    )
    .action(async (options: StoreOptions & DeleteOptions) =>
      writeLeftovers(await openStore(context.shell, options), { ...options, isDeleting: true }, context),
    );
}

/**
 * Writes a line for each batch that no slot names, and deletes those that are to be deleted. Throws
 * BAD_ARGUMENT where no chain matches, UNREADABLE, and the errors of the store.
 */
async function writeLeftovers(
  store: CommandStore,
  query: DeleteOptions & { readonly isDeleting?: true },
  { shell, isJson }: CommandContext,
): Promise<void> {
  await refuseUnknownChain(store, query);
  const leftovers = await findLeftovers(store, (chain) => matchesChain(chain, query));
  let deleted = 0;
  for (const leftover of leftovers) {
    const isDeleted = query.yes && leftover.isRemovable;
    const left = isDeleted ? await removeLeftover(store, leftover) : [];
    if (isDeleted) deleted += 1;
    shell.write(isJson() ? printableJson({ ...leftover, isDeleted, left }) : printable(lineOf(leftover, isDeleted)));
    for (const key of isJson() ? [] : left) shell.write(printable(`   left: ${key}, which is no document of a batch`));
  }
  if (isJson()) return;
  const removable = leftovers.filter(({ isRemovable }) => isRemovable).length;
  if (leftovers.length === 0) shell.write("no batch without a slot");
  else if (query.isDeleting === true && !query.yes)
    shell.write(`${removable} would be deleted; add --yes to delete them`);
  else if (query.isDeleting === true) shell.write(`deleted ${deleted} of ${leftovers.length}`);
}

function lineOf({ folder, code, message, isRemovable }: Leftover, isDeleted: boolean): string {
  const state = isDeleted ? "deleted" : isRemovable ? "can be deleted" : "is kept";
  return `${folder}  ${state}: ${message} (${code})`;
}
