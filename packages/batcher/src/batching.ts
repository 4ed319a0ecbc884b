import type { Anchoring } from "./anchoring/anchoring.ts";
import type { Limit } from "./record/chain.ts";
import type { Chains } from "./record/chains.ts";
import type { Intake } from "./reading/intake.ts";
import type { Lanes } from "./lanes/lanes.ts";
import type { Policy } from "./lanes/policy.ts";
import type { ChangeSource, ObjectStore } from "./ports.ts";
import type { SealInputs, Writer } from "./sealing/seal.ts";
import type { Patience } from "./record/store-object.ts";

/** Everything that one run of the batcher uses. */
export interface Batching extends Patience {
  readonly source: ChangeSource;
  readonly intake: Intake;
  readonly store: ObjectStore;
  readonly writer: Writer;
  readonly randomBytes: SealInputs["randomBytes"];
  /** Whether batch-data.json lists every proof. */
  readonly proofIndex: boolean;
  /** Bounds what one pull takes. */
  readonly policy: Policy;
  readonly lanes: Lanes;
  readonly chains: Chains;
  /** Asks for few chains' heads at once: at the start of many tables, every one of them asks. */
  readonly headLimit: Limit;
  /** Undefined: batches are stored, and anchored some other day. */
  readonly anchoring: Anchoring | undefined;
}
