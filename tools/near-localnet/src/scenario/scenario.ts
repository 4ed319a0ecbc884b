import * as v from "valibot";

/** What came of a call. */
const observationSchema = v.object({
  /** Text, or `promise` where the call returned one, or null for nothing and for a failure. */
  returned: v.nullable(v.union([v.string(), v.object({ promise: v.number() })])),
  logs: v.array(v.string()),
  /** The network's words, or null where the call did not fail. */
  failure: v.nullable(v.string()),
  /** The bytes that the account takes after the call. */
  storageUsage: v.number(),
  burntGas: v.optional(v.number()),
});

const stepSchema = v.object({
  method: v.string(),
  args: v.record(v.string(), v.unknown()),
  /** Who calls. */
  by: v.optional(v.string(), "owner.near"),
  /** In yoctoNEAR. */
  deposit: v.optional(v.string(), "0"),
  /** The gas of the call, in 10^12. */
  tgas: v.optional(v.number(), 100),
  view: v.optional(v.boolean(), false),
  /**
   * The block, its time in nanoseconds since 1970, and the contract's money. A chain has its own.
   */
  height: v.optional(v.number()),
  timestamp: v.optional(v.pipe(v.string(), v.digits())),
  balance: v.optional(v.pipe(v.string(), v.digits())),
  expect: observationSchema,
});

/** What came of a call. */
export type Observation = v.InferOutput<typeof observationSchema>;

/** A call of a contract, and what must come of it. */
export type ScenarioStep = v.InferOutput<typeof stepSchema>;

/**
 * Parses a scenario: calls of one contract, one after another. Throws a `ValiError` if it is none.
 */
export function parseScenario(text: string): ScenarioStep[] {
  return v.parse(v.array(stepSchema), JSON.parse(text));
}

/** Calls the contract of a scenario, and tells what came of it. */
export type ScenarioRunner = (step: ScenarioStep) => Promise<Observation>;

/** A step that did not come out as it must. */
export interface Deviation {
  /** From 0. */
  readonly step: number;
  readonly method: string;
  readonly expected: Observation;
  readonly observed: Observation;
}

/**
 * Runs a scenario, and returns the steps that deviate in result, logs, failure or bytes. Of the
 * bytes, only what each step changes counts, since accounts begin with different keys and code.
 */
export async function runScenario(steps: readonly ScenarioStep[], run: ScenarioRunner): Promise<Deviation[]> {
  const deviations: Deviation[] = [];
  let offset: number | undefined;
  for (const [index, step] of steps.entries()) {
    const observed = await run(step);
    offset ??= observed.storageUsage - step.expect.storageUsage;
    if (textOf(observed, offset) !== textOf(step.expect, 0)) {
      deviations.push({ step: index, method: step.method, expected: step.expect, observed });
    }
  }
  return deviations;
}

/** A promise counts as one, by whatever number: the network's own VM numbers actions too. */
function textOf({ failure, logs, returned, storageUsage }: Observation, offset: number): string {
  const shown = typeof returned === "object" && returned !== null ? { promise: 0 } : returned;
  return JSON.stringify([shown, logs, failure, storageUsage - offset]);
}
