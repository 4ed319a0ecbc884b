import type { ObjectStore } from "@etrap/ledger";
import { openFsStore } from "@etrap/storage-fs";
import { createS3Store, parseS3Location } from "@etrap/storage-s3";
import { AgentError } from "../agent-error.ts";
import { parseS3 } from "../settings/s3-settings.ts";
import { givenVariables, parseSettings } from "../settings/settings.ts";
import { createS3Client } from "../storage/s3-client.ts";
import { storePlace } from "../storage/store-place.ts";
import type { Shell } from "./command-context.ts";

/** The option that names the store, for commander. */
export const STORE_OPTION = [
  "--store <place>",
  "folder or s3://bucket/prefix that holds the ledger (default: that of etrap run)",
] as const;

/** The value of that option. */
export interface StoreOptions {
  readonly store?: string;
}

/**
 * Opens the store that the option or the environment names. Throws BAD_SETTINGS, BAD_LOCATION, and
 * the errors of the store.
 */
export async function openStore({ environment }: Shell, { store }: StoreOptions): Promise<ObjectStore> {
  const place = store ?? storePlace(parseSettings(environment).store);
  if (!place.startsWith("s3:")) return openFsStore({ root: place });
  const s3 = parseS3(givenVariables(environment));
  if (s3.kind === "invalid") throw new AgentError("BAD_SETTINGS", ["invalid settings:", ...s3.problems].join("\n  "));
  const { connection, form } = s3.settings;
  return createS3Store({ client: createS3Client(connection), ...parseS3Location(place) }, form);
}
