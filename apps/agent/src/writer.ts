import type { Writer } from "@etrap/batcher";
import packageJson from "../package.json" with { type: "json" };
import type { Tables } from "./read-tables.ts";
import type { Settings } from "./settings.ts";

/** The program's version. */
export const VERSION: string = packageJson.version;

/** What every header of this agent says of it. */
export function writerOf(settings: Settings, sourceName: string, tables: Tables | undefined): Writer {
  return {
    organization: settings.organization,
    agent: `etrap/${VERSION}`,
    capture: {
      carrier: "debezium-redis",
      source_name: sourceName,
      // Column types that came from the file decide how values were read, so the record says which file it was.
      options: tables === undefined ? {} : { tables_sha256: tables.sha256 },
    },
    rules: settings.rules,
    commitment: settings.commitment,
  };
}
