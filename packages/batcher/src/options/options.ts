import type { ChainName } from "@etrap/ledger";
import { includesTable, NO_RULES } from "@etrap/proof";
import type { Rules } from "@etrap/proof";
import { invalidHeaderMembers } from "@etrap/proof/write";
import { BatcherError } from "../batcher-error.ts";
import type { OnEvent } from "../events.ts";
import type { Writer } from "./writer.ts";
import { anchorPolicyProblems, DEFAULT_ANCHOR_POLICY } from "./anchor-policy.ts";
import type { AnchorPolicy } from "./anchor-policy.ts";
import { numberProblems, problemText } from "./option-problem.ts";
import type { OptionProblem } from "./option-problem.ts";
import { DEFAULT_POLICY, policyProblems } from "./policy.ts";
import type { Policy } from "./policy.ts";
import { ruleProblems } from "./rule-problems.ts";

/** Options of `createBatcher`. */
export interface BatcherOptions extends Writer {
  /** The conditions under which batches close. Default of each member: that of `DEFAULT_POLICY`. */
  readonly policy?: Partial<Policy>;
  /**
   * Policies of some tables. The first entry whose glob matches counts. Members that it leaves out
   * are those of `policy`.
   */
  readonly tablePolicies?: readonly TablePolicy[];
  /**
   * The number of bytes held, of changes as received and of the batches they are sealed into, at
   * which reading pauses. Default: 100 MiB.
   */
  readonly maxBufferBytes?: number;
  /**
   * Whether batch-data.json lists every inclusion proof, which is two fifths of its size for small
   * rows. The proofs can also be made from merkle-tree.json. Default: true.
   */
  readonly proofIndex?: boolean;
  /**
   * The time limit of a drain, in milliseconds. The anchoring in `runOnce` has the same limit.
   * Default: 30,000.
   */
  readonly drainMs?: number;
  /** The limits of anchoring. Default of each member: that of `DEFAULT_ANCHOR_POLICY`. */
  readonly anchorPolicy?: Partial<AnchorPolicy>;
  readonly onEvent?: OnEvent;
}

/** The policy of some tables. */
export interface TablePolicy {
  /** A glob for `schema.table`, as in the rules of a header. */
  readonly tables: string;
  readonly policy: Partial<Policy>;
}

/** Options without a problem, with their defaults. */
export interface CheckedOptions {
  readonly writer: Writer;
  readonly policy: Policy;
  readonly policyOf: (chain: ChainName) => Policy;
  /** The globs of the table policies. */
  readonly policyGlobs: readonly string[];
  readonly maxBytes: number;
  readonly proofIndex: boolean;
  readonly drainMs: number;
  readonly anchorPolicy: AnchorPolicy;
  readonly onEvent: OnEvent;
}

const DEFAULT_BUFFER_BYTES = 100 << 20;
const DEFAULT_DRAIN_MS = 30_000;
/** The longest time that a timer of the platform can wait, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Returns every problem of the numbers, globs and rules that are given. `createBatcher` checks them
 * too, and the members of `Writer`.
 */
export function optionProblems(options: Partial<BatcherOptions>): OptionProblem[] {
  const { tablePolicies = [], maxBufferBytes = DEFAULT_BUFFER_BYTES, drainMs = DEFAULT_DRAIN_MS } = options;
  const policy = { ...DEFAULT_POLICY, ...options.policy };
  return [
    ...policyProblems(policy),
    ...tablePolicies.flatMap((each, index) => tablePolicyProblems(each, policy, `tablePolicies[${index}]`)),
    ...(options.rules === undefined ? [] : ruleProblems(options.rules)),
    ...anchorPolicyProblems({ ...DEFAULT_ANCHOR_POLICY, ...options.anchorPolicy }),
    ...numberProblems("maxBufferBytes", maxBufferBytes, { least: 1, most: Number.MAX_SAFE_INTEGER }),
    ...numberProblems("drainMs", drainMs, { least: 0, most: LONGEST_TIMER_MS }),
  ];
}

/**
 * Returns the problems of one table policy. A problem that comes from the general policy is not
 * repeated.
 */
function tablePolicyProblems({ tables, policy: own }: TablePolicy, general: Policy, path: string): OptionProblem[] {
  const known = new Set(policyProblems(general, `${path}.policy`).map(({ member }) => member));
  for (const name of Object.keys(own)) known.delete(`${path}.policy.${name}`);
  return [
    ...ruleProblems(rulesFor([tables])).map(({ expected }) => ({ member: `${path}.tables`, expected })),
    ...policyProblems({ ...general, ...own }, `${path}.policy`).filter(({ member }) => !known.has(member)),
  ];
}

/** Checks options. Throws BAD_OPTIONS, which names every problem. */
export function checkOptions(options: BatcherOptions): CheckedOptions {
  const problems = [...writerProblems(options), ...optionProblems(options)];
  if (problems.length > 0) {
    throw new BatcherError("BAD_OPTIONS", problems.map(problemText).join("; "));
  }
  const policy = { ...DEFAULT_POLICY, ...options.policy };
  const perTable = (options.tablePolicies ?? []).map(({ tables, policy: own }) => {
    return { tables, policy: { ...policy, ...own } };
  });
  return {
    writer: options,
    policy,
    policyOf: (chain) => perTable.find(({ tables }) => isTableOf(chain, tables))?.policy ?? policy,
    policyGlobs: perTable.map(({ tables }) => tables),
    maxBytes: options.maxBufferBytes ?? DEFAULT_BUFFER_BYTES,
    proofIndex: options.proofIndex ?? true,
    drainMs: options.drainMs ?? DEFAULT_DRAIN_MS,
    anchorPolicy: { ...DEFAULT_ANCHOR_POLICY, ...options.anchorPolicy },
    onEvent: options.onEvent ?? (() => undefined),
  };
}

/** Returns the problems of the members that every header takes from the writer. */
function writerProblems({ organization, agent, capture, commitment = "row" }: Writer): OptionProblem[] {
  const unheld = invalidHeaderMembers({ organization_id: organization, agent, capture, commitment });
  return unheld.map((member) => ({
    member: member === "organization_id" ? "organization" : member,
    expected: member === "commitment" ? "row or fields" : "a text of 1 to 1024 characters, no lone surrogate",
  }));
}

/** Whether a glob matches the table of a chain, as the rules of a header match. */
function isTableOf({ schema, table }: ChainName, glob: string): boolean {
  return schema !== null && table !== null && includesTable(rulesFor([glob]), { schema, table });
}

/** Returns rules that include only the tables that these globs match. */
function rulesFor(globs: readonly string[]): Rules {
  return { ...NO_RULES, included_tables: globs };
}
