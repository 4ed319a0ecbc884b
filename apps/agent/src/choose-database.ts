import * as v from "valibot";
import { AgentError } from "./agent-error.ts";
import { databaseName } from "./database-settings.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import type { Settings } from "./settings.ts";

/**
 * The one database that a command is about: of those in the file the one that is named, or else the only one; without a file the environment's,
 * under that name. Throws BAD_ARGUMENT.
 */
export function chooseDatabase({ databases, databasesFile }: Settings, name: string | undefined): DatabaseSettings {
  const [only, ...others] = databases;
  if (databasesFile === undefined && only !== undefined && name !== undefined) {
    if (v.is(databaseName, name)) return { ...only, name };
    throw new AgentError("BAD_ARGUMENT", "--database: expected 1 to 63 characters");
  }
  if (name === undefined && only !== undefined && others.length === 0) return only;
  const chosen = databases.find((each) => each.name === name);
  if (name !== undefined && chosen !== undefined) return chosen;
  const names = databases.map((each) => each.name).join(", ");
  const got = name === undefined ? "none" : `--database ${name}`;
  throw new AgentError("BAD_ARGUMENT", `expected one database of ${databasesFile} (--database ${names}), got ${got}`);
}
