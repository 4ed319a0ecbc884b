import { openFsStore } from "@etrap/storage-fs";
import type { FsStore } from "@etrap/storage-fs";
import { parseSettings } from "../settings/settings.ts";
import type { Shell } from "./command-context.ts";

/** The option that names the store, for commander. */
export const STORE_OPTION = ["--store <folder>", "folder that holds the ledger (default: ETRAP_STORE_DIR)"] as const;

/** The value of that option. */
export interface StoreOptions {
  readonly store?: string;
}

/**
 * Opens the store that the option or the environment names. Throws BAD_SETTINGS, and the errors of
 * the store.
 */
export async function openStore({ environment }: Shell, { store }: StoreOptions): Promise<FsStore> {
  return openFsStore({ root: store ?? parseSettings(environment).storeDir });
}
