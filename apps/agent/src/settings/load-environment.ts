import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { codeOf } from "@etrap/ledger";
import { AgentError } from "../agent-error.ts";
import type { Environment } from "./process-variables.ts";
import { SECRETS } from "./secrets.ts";
import { parseSettingsFile } from "./settings-file.ts";

/** The variables of a process with those that files add, and where each of these came from. */
export interface LoadedEnvironment {
  readonly environment: Environment;
  /** The file of each variable that is not from the environment itself. */
  readonly origins: ReadonlyMap<string, string>;
}

/** The largest file of a secret, in characters. */
const MOST_SECRET = 65_536;

/**
 * Adds to the environment what files set: `.env` and the settings file, in this order of strength,
 * and the files that `REDIS_PASSWORD_FILE` and the like name. The settings file is that of
 * ETRAP_CONFIG_FILE, or `etrap.yaml` in the folder. Without a folder, only files that the
 * environment names are read. Throws BAD_SETTINGS, which names every problem and no value.
 */
export function loadEnvironment(given: Environment, folder: string | undefined): LoadedEnvironment {
  const problems: string[] = [];
  const origins = new Map<string, string>();
  const environment: Record<string, string | undefined> = { ...given };
  const add = (variables: Readonly<Record<string, string | undefined>>, origin: string): void => {
    for (const [variable, value] of Object.entries(variables)) {
      // To a shell, an empty variable is the same as an unset one.
      if (value === undefined || (environment[variable] ?? "") !== "") continue;
      environment[variable] = value;
      origins.set(variable, origin);
    }
  };

  const envFile = folder === undefined ? undefined : join(folder, ".env");
  if (envFile !== undefined && existsSync(envFile))
    add(ofSettings(parseEnv(readText(envFile, ".env", problems))), ".env");
  const named = environment["ETRAP_CONFIG_FILE"];
  const implied = folder === undefined ? undefined : join(folder, "etrap.yaml");
  const path = named ?? (implied !== undefined && existsSync(implied) ? implied : undefined);
  if (path !== undefined) {
    const file = named ?? "etrap.yaml";
    const parsed = parseSettingsFile(file, readText(path, file, problems));
    if (parsed.kind === "invalid") problems.push(...parsed.problems);
    else add(parsed.variables, file);
  }
  delete environment["ETRAP_CONFIG_FILE"];
  for (const variable of SECRETS) {
    const secretFile = environment[`${variable}_FILE`];
    if (secretFile === undefined || secretFile === "") continue;
    delete environment[`${variable}_FILE`];
    if ((environment[variable] ?? "") !== "")
      problems.push(`${variable}_FILE: expected unset, since ${variable} is set`);
    else add({ [variable]: readSecret(variable, secretFile, problems) }, secretFile);
  }
  if (problems.length > 0) throw new AgentError("BAD_SETTINGS", ["invalid settings:", ...problems].join("\n  "));
  return { environment, origins };
}

/**
 * Leaves out what is no setting: a file in a folder must not change how the process itself runs.
 */
function ofSettings(variables: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(variables).filter(([variable]) => /^(ETRAP|REDIS|NEAR|AWS)_/.test(variable)),
  );
}

function readText(path: string, name: string, problems: string[]): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    problems.push(`${name}: cannot be read (${codeOf(error)})`);
    return "";
  }
}

/** Editors and `echo` end a file with a line break, which is no part of a secret. */
function readSecret(variable: string, file: string, problems: string[]): string {
  const before = problems.length;
  const secret = readText(file, `${variable}_FILE`, problems).replace(/\r?\n$/, "");
  if (problems.length > before) return "";
  if (secret === "" || secret.length > MOST_SECRET || /[\r\n]/.test(secret))
    problems.push(`${variable}_FILE: expected one line with the secret in it`);
  return secret;
}
