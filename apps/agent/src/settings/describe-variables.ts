import { databaseMembers } from "./database-settings.ts";
import { processVariables, variableOf } from "./process-variables.ts";

/** Returns the part of `--help` that describes every variable. */
export function describeVariables(): string {
  const ofProcess = Array.from(processVariables).flatMap(([variable, help]) =>
    help === undefined ? [] : [lineOf(variable, help)],
  );
  const ofDatabase = Array.from(databaseMembers, ([member, help]) => lineOf(variableOf(member), help));
  return [
    "\nEnvironment:",
    ...ofProcess,
    "\nFor each database. ETRAP_DATABASES_FILE uses the same names in small letters: batch_size for ETRAP_BATCH_SIZE.",
    ...ofDatabase,
    "",
  ].join("\n");
}

function lineOf(variable: string, help: string): string {
  return `  ${variable.padEnd(26)} ${help}`;
}
