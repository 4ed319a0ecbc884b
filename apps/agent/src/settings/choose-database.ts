import * as v from "valibot";
import { AgentError } from "../agent-error.ts";
import { databaseName } from "./database-settings.ts";
import type { DatabaseSettings } from "./database-settings.ts";
import type { Settings } from "./settings.ts";

/**
 * Returns the one database that a command works on. With a file of databases this is the one with
 * this name or, without a name, the only one. Without a file it is the database of the environment,
 * under this name if one is given. Throws BAD_ARGUMENT.
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
