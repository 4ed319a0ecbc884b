import { databaseMembers } from "./database-settings.ts";
import { processVariables, runVariables, variableOf } from "./process-variables.ts";

/** Returns the part of `--help` that describes every variable that a command uses. */
export function describeVariables(command: "run" | "replay"): string {
  const isUsed = (variable: string): boolean => command === "run" || !runVariables.has(variable);
  const ofProcess = Array.from(processVariables).flatMap(([variable, help]) =>
    help !== undefined && isUsed(variable) ? [lineOf(variable, help)] : [],
  );
  const ofDatabase = Array.from(databaseMembers, ([member, help]) => [variableOf(member), help] as const)
    .filter(([variable]) => isUsed(variable))
    .map(([variable, help]) => lineOf(variable, help));
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
