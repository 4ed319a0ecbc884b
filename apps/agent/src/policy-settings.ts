import { faultsOfRules } from "@etrap/batcher";
import type { Policy, TablePolicy } from "@etrap/batcher";
import * as v from "valibot";
import { bytes, jsonObject, seconds, wholeNumber } from "./setting-schemas.ts";

/** What a policy is made of, as settings name it. */
type PolicyMember = "batch_size" | "max_batch_bytes" | "batch_timeout" | "min_batch_size" | "force_batch_after";

/** A policy as settings give it: times in milliseconds already. */
export type PolicyGiven = Readonly<Record<PolicyMember, number>>;

/** The schema of each member of a policy, be it of a database or of some of its tables. */
export const policyMembers: Readonly<Record<PolicyMember, v.GenericSchema<string | number, number>>> = {
  batch_size: wholeNumber(1, 100_000),
  max_batch_bytes: bytes(1, 32 << 20, "1 byte to 32MB"),
  batch_timeout: seconds,
  min_batch_size: wholeNumber(1, 100_000),
  force_batch_after: seconds,
};

/** Policies of tables as settings give them, by glob. */
export type TablePoliciesGiven = Readonly<Record<string, Partial<PolicyGiven>>>;

const MEMBERS = `any of ${Object.keys(policyMembers).join(", ")}`;

/** Globs of tables, each with what is different for them. */
export const tablePolicies: v.GenericSchema<unknown, TablePoliciesGiven> = v.pipe(
  jsonObject('{"public.orders": {"batch_size": 100}}'),
  v.record(
    v.string(),
    v.strictObject(
      {
        batch_size: v.exactOptional(policyMembers.batch_size),
        max_batch_bytes: v.exactOptional(policyMembers.max_batch_bytes),
        batch_timeout: v.exactOptional(policyMembers.batch_timeout),
        min_batch_size: v.exactOptional(policyMembers.min_batch_size),
        force_batch_after: v.exactOptional(policyMembers.force_batch_after),
      },
      `expected ${MEMBERS}`,
    ),
  ),
);

/** A policy as the batcher takes it. */
export function policyOf(given: PolicyGiven): Policy {
  return {
    batchSize: given.batch_size,
    maxBatchBytes: given.max_batch_bytes,
    batchTimeoutMs: given.batch_timeout,
    minBatchSize: given.min_batch_size,
    forceBatchAfterMs: given.force_batch_after,
  };
}

/** What differs from the database's policy for some tables, as settings give it. */
export interface PerTable {
  readonly force_immediate?: readonly string[] | undefined;
  readonly table_policies?: TablePoliciesGiven | undefined;
}

/** The policies of tables, in the order in which they count: to go at once outdoes all else. */
export function tablePoliciesOf(given: PerTable, policy: PolicyGiven): TablePolicy[] {
  const immediate = given.force_immediate ?? [];
  return [
    ...immediate.map((tables) => ({ tables, policy: { forceBatchAfterMs: 0 } })),
    ...Object.entries(given.table_policies ?? {}).map(([tables, own]) => ({
      tables,
      policy: policyOf({ ...policy, ...own }),
    })),
  ];
}

/** Every fault between the settings of policies, each valid by itself. `nameOf` gives a setting's name. */
export function faultsOfPolicies(given: PerTable & PolicyGiven, nameOf: (member: string) => string): string[] {
  const { force_immediate: immediate = [], table_policies: perTable = {} } = given;
  const name = nameOf("table_policies");
  return [
    ...(hasRoom(given) ? [] : [`${nameOf("min_batch_size")}: expected at most ${nameOf("batch_size")}`]),
    ...faultsOfGlobs(immediate).map((fault) => `${nameOf("force_immediate")}: ${fault}`),
    ...faultsOfGlobs(Object.keys(perTable)).map((fault) => `${name}: ${fault}`),
    ...Object.entries(perTable).flatMap(([tables, own]) =>
      // Where the database's own are wrong, that is told already.
      hasRoom({ ...given, ...own }) || !hasRoom(given)
        ? []
        : [`${name}.${tables}: expected a min_batch_size of at most batch_size, its own or ${nameOf("batch_size")}`],
    ),
  ];
}

function hasRoom({ min_batch_size: least, batch_size: most }: PolicyGiven): boolean {
  return least <= most;
}

/** Globs of tables are those of rules: what is wrong with one is wrong with the other. */
function faultsOfGlobs(globs: readonly string[]): string[] {
  const rules = { included_tables: globs, excluded_tables: [], included_operations: null, excluded_columns: [] };
  return faultsOfRules(rules).map(({ expected }) => `expected ${expected}`);
}
