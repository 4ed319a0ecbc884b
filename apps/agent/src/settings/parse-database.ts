import { optionProblems } from "@etrap/batcher";
import type { OptionProblem, Policy } from "@etrap/batcher";
import type { Rules } from "@etrap/proof";
import * as v from "valibot";
import { databaseSchema } from "./database-settings.ts";
import type { DatabaseSettings, GivenDatabase } from "./database-settings.ts";
import { describeExpected } from "./expected-range.ts";
import type { Unit } from "./expected-range.ts";
import { POLICY_SETTINGS, toPolicy, toTablePolicies } from "./policy-settings.ts";

/** The input for the settings of one database. */
export interface DatabaseInput {
  readonly name: string | undefined;
  /** Settings by member. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Returns a member's name in a message: the place where it was given. */
  readonly nameOf: (member: string) => string;
}

/** The settings of one database, or every problem of them. Problems hold no value. */
export type ParsedDatabase =
  | { readonly kind: "valid"; readonly settings: DatabaseSettings }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

/** Parses the settings of one database. Reports every problem at once. */
export function parseDatabase({ name, members, nameOf }: DatabaseInput): ParsedDatabase {
  const { issues = [] } = v.safeParse(databaseSchema, members);
  const invalid = new Set(issues.map((issue) => issue.path?.[0]?.key));
  // Members that cannot be parsed are dropped here, so that the ranges of the others are still
  // checked.
  const parseable = Object.fromEntries(Object.entries(members).filter(([member]) => !invalid.has(member)));
  const given = v.parse(databaseSchema, parseable);
  const settings = toSettings(name, given);
  const problems = [
    ...issues.map((issue) => schemaProblem(issue, nameOf)),
    ...optionProblems(settings)
      // Where `batch_size` cannot be parsed, its default is no limit of `min_batch_size`.
      .filter(({ member }) => !invalid.has("batch_size") || !member.endsWith(".minBatchSize"))
      .map((problem) => rangeProblem(problem, given, nameOf)),
  ];
  return problems.length > 0 ? { kind: "invalid", problems } : { kind: "valid", settings };
}

function toSettings(name: string | undefined, given: GivenDatabase): DatabaseSettings {
  return {
    name,
    streamPattern: given.stream_pattern,
    tablesFile: given.tables_file,
    retentionMs: given.stream_retention,
    policy: toPolicy(given),
    tablePolicies: toTablePolicies(given),
    maxBufferBytes: given.max_memory_buffer,
    maxEntryBytes: given.max_entry_bytes,
    commitment: given.commitment,
    proofIndex: given.store_proof_index,
    rules: toRules(given),
  };
}

function toRules(given: GivenDatabase): Rules {
  return {
    included_tables: given.included_tables ?? null,
    excluded_tables: given.excluded_tables ?? [],
    included_operations: given.included_operations ?? null,
    excluded_columns: given.excluded_columns ?? [],
  };
}

function schemaProblem(issue: v.BaseIssue<unknown>, nameOf: DatabaseInput["nameOf"]): string {
  const [member = "", ...rest] = (issue.path ?? []).map(({ key }) => String(key));
  return `${[nameOf(member), ...rest].join(".")}: ${issue.message}`;
}

/** Names the setting behind a problem of the batcher's options. */
function rangeProblem(problem: OptionProblem, given: GivenDatabase, nameOf: DatabaseInput["nameOf"]): string {
  const [, at, inTable] = /^tablePolicies\[(\d+)\]\.(?:tables|policy\.(\w+))$/.exec(problem.member) ?? [];
  const setting = settingOf(inTable === undefined ? problem.member : `policy.${inTable}`);
  const expected = `expected ${describeExpected(problem, UNIT_OF[setting] ?? "none")}${limitOf(setting)}`;
  if (at === undefined) return `${nameOf(setting)}: ${expected}${nameNumber(problem.index)}`;
  // The globs of force_immediate come before those of table_policies, as in `toTablePolicies`.
  const place = Number(at) - (given.force_immediate?.length ?? 0);
  if (place < 0) return `${nameOf("force_immediate")}: ${expected}${nameNumber(Number(at))}`;
  if (inTable === undefined) return `${nameOf("table_policies")}: ${expected}${nameNumber(place)}`;
  return `${nameOf("table_policies")}.${Object.keys(given.table_policies ?? {})[place]}.${setting}: ${expected}`;
}

/** The unit of each setting that has one. */
const UNIT_OF: Readonly<Record<string, Unit>> = {
  max_batch_bytes: "bytes",
  max_memory_buffer: "bytes",
  batch_timeout: "seconds",
  force_batch_after: "seconds",
};

function limitOf(setting: string): string {
  return setting === "min_batch_size" ? " (at most batch_size)" : "";
}

function nameNumber(index: number | undefined): string {
  return index === undefined ? "" : ` (name ${index + 1})`;
}

/** Returns the setting of a member of the batcher's options. */
function settingOf(member: string): string {
  const [group = "", name = ""] = member.split(".");
  if (group === "maxBufferBytes") return "max_memory_buffer";
  return group === "policy" ? POLICY_SETTINGS[name as keyof Policy] : name;
}
