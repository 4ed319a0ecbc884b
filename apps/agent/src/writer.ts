import type { Writer } from "@etrap/batcher";
import packageJson from "../package.json" with { type: "json" };
import type { DatabaseSettings } from "./database-settings.ts";
import type { Tables } from "./read-tables.ts";

/** The program's version. */
export const VERSION: string = packageJson.version;

/** What the headers of one database name. */
export interface WriterFacts {
  readonly organization: string;
  /** What the database is called. */
  readonly sourceName: string;
  readonly tables: Tables | undefined;
}

/** What every header of this agent says of it. */
export function writerOf(
  { rules, commitment }: DatabaseSettings,
  { organization, sourceName, tables }: WriterFacts,
): Writer {
  return {
    organization,
    agent: `etrap/${VERSION}`,
    capture: {
      carrier: "debezium-redis",
      source_name: sourceName,
      // Column types that came from the file decide how values were read, so the record says which file it was.
      options: tables === undefined ? {} : { tables_sha256: tables.sha256 },
    },
    rules,
    commitment,
  };
}
