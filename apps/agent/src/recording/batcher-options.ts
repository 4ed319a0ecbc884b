import type { BatcherOptions } from "@etrap/batcher";
import type { DatabaseSettings } from "../settings/database-settings.ts";
import type { Tables } from "../settings/read-tables.ts";
import type { Settings } from "../settings/settings.ts";
import { VERSION } from "../version.ts";

/** The input for the headers of one database, besides the settings. */
export interface HeaderFacts {
  /** The name of the database. */
  readonly sourceName: string;
  readonly tables: Tables | undefined;
}

/** Returns the batcher's options for one database. */
export function toBatcherOptions(
  { organization, drainMs, near }: Settings,
  { policy, tablePolicies, maxBufferBytes, proofIndex, rules, commitment }: DatabaseSettings,
  { sourceName, tables }: HeaderFacts,
): BatcherOptions {
  const capture = {
    carrier: "debezium-redis",
    source_name: sourceName,
    // The column types of the tables file decide how values are read, so every header names the
    // file by its digest.
    options: tables === undefined ? {} : { tables_sha256: tables.sha256 },
  };
  const writer = { organization, agent: `etrap/${VERSION}`, capture, rules, commitment };
  const { anchorFrom, maxMintRetries } = near;
  const anchorPolicy = { anchorFrom, maxMintRetries };
  return { ...writer, policy, tablePolicies, maxBufferBytes, proofIndex, drainMs, anchorPolicy };
}
