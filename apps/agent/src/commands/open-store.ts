import type { ObjectReader, ObjectRemover, ObjectStore } from "@etrap/ledger";
import { openFsStore } from "@etrap/storage-fs";
import { createS3Store, parseS3Location } from "@etrap/storage-s3";
import { AgentError } from "../agent-error.ts";
import { parseS3 } from "../settings/s3-settings.ts";
import { givenVariables, parseSettings } from "../settings/settings.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { createS3Client } from "../storage/s3-client.ts";
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

/** A store as the commands use it. */
export type CommandStore = ObjectReader & ObjectStore & ObjectRemover;

/**
 * Opens the store that the option or the environment names. `onStrayKey` is called with each key in
 * a bucket that no store creates, perhaps several times. Throws BAD_SETTINGS, BAD_LOCATION, and
 * the errors of the store.
 */
export async function openStore(
  { environment }: Shell,
  { store }: StoreOptions,
  onStrayKey?: (key: string) => void,
): Promise<CommandStore> {
  const settings = store === undefined ? parseSettings(environment).store : placeSettings(environment, store);
  if (settings.kind === "folder") return openFsStore({ root: settings.root });
  const { connection, form, bucket, prefix } = settings;
  const options = { ...form, ...(onStrayKey && { onStrayKey }) };
  return createS3Store({ client: createS3Client(connection), bucket, prefix }, options);
}

/**
 * Returns the settings of a store at a place: a folder, or `s3://bucket/prefix` with the connection
 * that the environment describes. Throws BAD_SETTINGS and BAD_LOCATION.
 */
export function placeSettings(environment: Shell["environment"], place: string): StoreSettings {
  if (!place.startsWith("s3:")) return { kind: "folder", root: place };
  const s3 = parseS3({ ...givenVariables(environment), ETRAP_S3_BUCKET: undefined, ETRAP_S3_PREFIX: undefined });
  if (s3.kind === "invalid") throw new AgentError("BAD_SETTINGS", ["invalid settings:", ...s3.problems].join("\n  "));
  return { ...s3.settings, kind: "s3", ...parseS3Location(place) };
}
