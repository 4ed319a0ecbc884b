import type { Policy, TablePolicy } from "@etrap/batcher";
import * as v from "valibot";
import { bytes } from "./schemas/bytes.ts";
import { jsonObject } from "./schemas/json-object.ts";
import { seconds } from "./schemas/seconds.ts";
import { wholeNumber } from "./schemas/whole-number.ts";

/** The settings that make up a policy. */
type PolicyMember = "batch_size" | "max_batch_bytes" | "batch_timeout" | "min_batch_size" | "force_batch_after";

/** A policy as the settings give it, with times in milliseconds. */
export type GivenPolicy = Readonly<Record<PolicyMember, number>>;

/** The schema of each setting of a policy. The batcher checks the ranges. */
export const policyMembers: Readonly<Record<PolicyMember, v.GenericSchema<string | number, number>>> = {
  batch_size: wholeNumber,
  max_batch_bytes: bytes,
  batch_timeout: seconds,
  min_batch_size: wholeNumber,
  force_batch_after: seconds,
};

/** The setting of each member of the batcher's policy. */
export const POLICY_SETTINGS: Readonly<Record<keyof Policy, PolicyMember>> = {
  batchSize: "batch_size",
  maxBatchBytes: "max_batch_bytes",
  batchTimeoutMs: "batch_timeout",
  minBatchSize: "min_batch_size",
  forceBatchAfterMs: "force_batch_after",
};

/** Policies of some tables as the settings give them, by glob. */
export type GivenTablePolicies = Readonly<Record<string, Partial<GivenPolicy>>>;

/** The schema of `table_policies`: globs of tables, each with the settings that differ for them. */
export const tablePolicies: v.GenericSchema<unknown, GivenTablePolicies> = v.pipe(
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
      `expected any of ${Object.values(POLICY_SETTINGS).join(", ")}`,
    ),
  ),
);

/** Converts a policy for the batcher. */
export function toPolicy(given: GivenPolicy): Policy;
export function toPolicy(given: Partial<GivenPolicy>): Partial<Policy>;
export function toPolicy(given: Partial<GivenPolicy>): Partial<Policy> {
  const members = Object.entries(POLICY_SETTINGS).map(([member, setting]) => [member, given[setting]] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** The settings for some tables only. */
export interface PerTable {
  readonly force_immediate?: readonly string[] | undefined;
  readonly table_policies?: GivenTablePolicies | undefined;
}

/**
 * Converts the policies of tables for the batcher. The batcher uses the first match, so
 * `force_immediate` comes first.
 */
export function toTablePolicies(given: PerTable): TablePolicy[] {
  const immediate = given.force_immediate ?? [];
  return [
    ...immediate.map((tables) => ({ tables, policy: { forceBatchAfterMs: 0 } })),
    ...Object.entries(given.table_policies ?? {}).map(([tables, own]) => ({ tables, policy: toPolicy(own) })),
  ];
}
