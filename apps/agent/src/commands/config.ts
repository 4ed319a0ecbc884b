import type { Command } from "commander";
import { printable, printableJson } from "../report/printable.ts";
import { databaseMembers } from "../settings/database-settings.ts";
import { processVariables, variableOf } from "../settings/process-variables.ts";
import { isSecret } from "../settings/secrets.ts";
import { givenVariables, parseSettings } from "../settings/settings.ts";
import type { CommandContext } from "./command-context.ts";

/** Adds the command `config check`. */
export function addConfigCommand(program: Command, context: CommandContext): void {
  program
    .command("config")
    .description("show and check the settings")
    .command("check")
    .description("write every setting that is set, with the place where it was set, and check all of them")
    .addHelpText(
      "after",
      "\nSettings are read from the environment, .env and etrap.yaml (or the file of ETRAP_CONFIG_FILE), in this order of strength.\n\nExample:\n  etrap config check",
    )
    .action(() => checkConfig(context));
}

/** Writes the settings that are set. Throws BAD_SETTINGS with every problem of them. */
function checkConfig({ shell, isJson }: CommandContext): void {
  const given = givenVariables(shell.environment);
  const known = [...processVariables.keys(), ...Array.from(databaseMembers.keys(), variableOf)];
  const isOurs = (variable: string): boolean => known.includes(variable) || /^(ETRAP|REDIS|NEAR)_/.test(variable);
  const set = Object.keys(given).filter(isOurs).toSorted();
  for (const variable of set) {
    const value = isSecret(variable) ? "••••" : (given[variable] ?? "");
    const origin = shell.origins?.get(variable) ?? "environment";
    shell.write(isJson() ? printableJson({ variable, value, origin }) : printable(`${variable}=${value}  (${origin})`));
  }
  parseSettings(shell.environment);
  const line = `✅ the settings are valid; ${known.length - set.length} have their default: see etrap run --help`;
  shell.write(isJson() ? printableJson({ valid: true, set: set.length }) : line);
}
