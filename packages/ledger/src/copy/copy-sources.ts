import { getStored } from "../get-stored.ts";
import type { CopyContext } from "./copy-event.ts";
import { refusalOf } from "./refusal.ts";

/** The folder of the source ids. An id names the Redis that is recorded to this ledger. */
export const SOURCES = ".etrap/sources/";

/** How much of a database is in the copy: all chains, some, or none since none was asked for. */
export type Completeness = "whole" | "partial" | "left out";

/**
 * Copies the source ids of the databases that are whole in the copy. `completeness` tells it of a
 * database's folder. The id of a partial database is refused: with it, an agent would record on
 * behind a chain that ends too early, and what the source had committed would be in no ledger.
 */
export async function copySources(context: CopyContext, completeness: (folder: string) => Completeness): Promise<void> {
  const { from, to, report } = context;
  for await (const key of from.list(SOURCES)) {
    const state = completeness(key.slice(SOURCES.length).replace(/\.json$/, ""));
    if (state === "left out") continue;
    if (state === "partial") {
      report({ type: "refused", key, message: "not every chain of this database is whole in the copy" });
      continue;
    }
    try {
      const bytes = await getStored(from, key);
      if (bytes !== undefined) await to.create(key, bytes);
    } catch (error) {
      report(refusalOf(error, key));
    }
  }
}
