import { includesTable } from "@etrap/proof";
import { unheldMembers } from "@etrap/proof/write";
import type { ChainName, Rules } from "@etrap/proof";
import { DEFAULT_ANCHOR_POLICY, faultsOfAnchorPolicy } from "./anchoring/anchor-policy.ts";
import type { AnchorPolicy } from "./anchoring/anchor-policy.ts";
import { BatcherError } from "./batcher-error.ts";
import { faultsOfRules } from "./reading/faults-of-rules.ts";
import type { OnEvent } from "./events.ts";
import { DEFAULT_POLICY, faultsOfNumber, faultsOfPolicy } from "./lanes/policy.ts";
import type { Policy } from "./lanes/policy.ts";
import type { Writer } from "./sealing/seal.ts";

/** What a batcher is told. */
export interface BatcherOptions extends Writer {
  /** When batches close. Members left out are those of `DEFAULT_POLICY`. */
  readonly policy?: Partial<Policy>;
  /** For tables that have their own: the first entry whose pattern matches counts, and `policy` for the members it leaves out. */
  readonly tablePolicies?: readonly TablePolicy[];
  /** How many bytes may be held, of changes as received and of the batches they are sealed into; reading pauses beyond. Default: 100 MiB. */
  readonly maxBufferBytes?: number;
  /** Whether batch-data.json lists every inclusion proof: two fifths of its size, for small rows. merkle-tree.json gives them too. Default: yes. */
  readonly proofIndex?: boolean;
  /** How long a run that was asked to stop may take for the rest, and a single one for anchoring, in milliseconds. Default: 30,000. */
  readonly drainMs?: number;
  /** How patient anchoring is. Members left out are those of `DEFAULT_ANCHOR_POLICY`. */
  readonly anchorPolicy?: Partial<AnchorPolicy>;
  readonly onEvent?: OnEvent;
}

/** The policy of some tables. */
export interface TablePolicy {
  /** A glob that matches `schema.table`, as in the rules of a header. */
  readonly tables: string;
  readonly policy: Partial<Policy>;
}

/** Options without a fault, and with their defaults. */
export interface CheckedOptions {
  readonly writer: Writer;
  readonly policy: Policy;
  readonly policyOf: (chain: ChainName) => Policy;
  readonly maxBytes: number;
  readonly proofIndex: boolean;
  readonly drainMs: number;
  readonly anchorPolicy: AnchorPolicy;
  readonly onEvent: OnEvent;
}

/** The longest that a timer of the platform waits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Checks options. Throws BAD_OPTIONS, which names every fault. */
export function checkOptions(options: BatcherOptions): CheckedOptions {
  const { tablePolicies = [], maxBufferBytes = 100 << 20, drainMs = 30_000, onEvent = () => undefined } = options;
  const policy = { ...DEFAULT_POLICY, ...options.policy };
  const perTable = tablePolicies.map((each) => ({ tables: each.tables, policy: { ...policy, ...each.policy } }));
  const anchorPolicy = { ...DEFAULT_ANCHOR_POLICY, ...options.anchorPolicy };
  const faults = [
    ...faultsOfWriter(options),
    ...faultsOfPolicy(policy),
    ...faultsOfRules(rulesFor(tablePolicies.map(({ tables }) => tables))).map(
      ({ expected }) => `tablePolicies: expected ${expected}`,
    ),
    ...perTable.flatMap(({ tables, policy: own }) => faultsOfPolicy(own).map((fault) => `${tables}: ${fault}`)),
    ...faultsOfAnchorPolicy(anchorPolicy),
    ...faultsOfNumber("maxBufferBytes", maxBufferBytes, 1, Number.MAX_SAFE_INTEGER),
    ...faultsOfNumber("drainMs", drainMs, 0, LONGEST_TIMER_MS),
  ];
  if (faults.length > 0) throw new BatcherError("BAD_OPTIONS", faults.join("; "));
  return {
    writer: options,
    policy,
    policyOf: (chain) => perTable.find(({ tables }) => isTableOf(chain, tables))?.policy ?? policy,
    maxBytes: maxBufferBytes,
    proofIndex: options.proofIndex ?? true,
    drainMs,
    anchorPolicy,
    onEvent,
  };
}

/** What every header would say of the writer, and none could hold. */
function faultsOfWriter({ organization, agent, capture, commitment = "row", rules }: Writer): string[] {
  const unheld = unheldMembers({ organization_id: organization, agent, capture, commitment });
  return [
    ...unheld.map((member) => {
      const expected = member === "commitment" ? "row or fields" : "a text of 1 to 1024 characters, no lone surrogate";
      return `${member === "organization_id" ? "organization" : member}: expected ${expected}`;
    }),
    ...faultsOfRules(rules).map(({ member, expected }) => `rules.${member}: expected ${expected}`),
  ];
}

/** Whether a chain is that of a table which a pattern matches, as the rules of a header match. */
function isTableOf({ schema, table }: ChainName, pattern: string): boolean {
  return schema !== null && table !== null && includesTable(rulesFor([pattern]), { schema, table });
}

/** Rules by which these patterns, and no others, match tables. */
function rulesFor(patterns: readonly string[]): Rules {
  return { included_tables: patterns, excluded_tables: [], included_operations: null, excluded_columns: [] };
}
