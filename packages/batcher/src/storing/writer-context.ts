import type { ObjectStore } from "@etrap/ledger";
import type { AnchorContext } from "../anchoring/anchor-context.ts";
import type { ChangeBuffer } from "../lanes/change-buffer.ts";
import type { Policy } from "../options/policy.ts";
import type { RuleWatch } from "../intake/rule-watch.ts";
import type { Tally } from "../intake/tally.ts";
import type { ChangeSource } from "../ports.ts";
import type { Writer } from "../options/writer.ts";
import type { SealOptions } from "../sealing/seal.ts";
import type { RetryContext } from "../wait/retry-context.ts";
import type { Chains } from "./chains.ts";
import type { StoredFacts } from "./stored-facts.ts";

/** The ports, options and state that one run uses to read and to store. */
export interface WriterContext extends RetryContext {
  readonly source: ChangeSource;
  readonly store: ObjectStore;
  readonly writer: Writer;
  readonly randomBytes: SealOptions["randomBytes"];
  /** Whether batch-data.json lists every inclusion proof. */
  readonly proofIndex: boolean;
  /** Limits how much one pull takes. */
  readonly policy: Policy;
  readonly buffer: ChangeBuffer;
  readonly chains: Chains;
  readonly ruleWatch: RuleWatch;
  /** The entries that are not recorded, by reason. */
  readonly skipped: Tally;
  readonly facts: StoredFacts;
  /** Undefined without an anchor. Batches are then only stored, and a later run may anchor them. */
  readonly anchoring: AnchorContext | undefined;
}
