import * as v from "valibot";

/** What became of a transaction that is final. */
export type MintOutcome =
  | {
      readonly kind: "succeeded";
      /** The value that the contract returned. */
      readonly value: unknown;
      /** The tokens that this transaction minted. Those that existed are not among them. */
      readonly minted: ReadonlySet<string>;
    }
  /** Nothing was minted by it. `reason` is the contract's panic, or the node's words. */
  | { readonly kind: "failed"; readonly reason: string };

const statusSchema = v.union([
  v.object({ SuccessValue: v.string() }),
  v.object({ SuccessReceiptId: v.string() }),
  v.object({ Failure: v.unknown() }),
]);
const outcomeSchema = v.object({
  id: v.string(),
  outcome: v.object({
    executor_id: v.string(),
    logs: v.optional(v.array(v.string()), []),
    status: v.union([statusSchema, v.string()]),
  }),
});
const resultSchema = v.object({
  final_execution_status: v.literal("FINAL"),
  transaction: v.object({ hash: v.string() }),
  transaction_outcome: outcomeSchema,
  receipts_outcome: v.array(outcomeSchema),
});

/**
 * Reads the outcome of a transaction from a node's answer. Only a final transaction counts, and
 * only what the contract's own receipt says: the transaction's status may be that of another
 * receipt. Undefined for anything else.
 */
export function readOutcome(result: unknown, hash: string, contractId: string): MintOutcome | undefined {
  const parsed = v.safeParse(resultSchema, result);
  if (!parsed.success) return undefined;
  const { transaction, transaction_outcome: own, receipts_outcome: receipts } = parsed.output;
  if (transaction.hash !== hash || own.id !== hash) return undefined;
  const { status } = own.outcome;
  if (typeof status === "string") return undefined;
  if ("Failure" in status) return { kind: "failed", reason: reasonOf(status.Failure) };
  if (!("SuccessReceiptId" in status)) return undefined;
  const receipt = receipts.find(
    ({ id, outcome }) => id === status.SuccessReceiptId && outcome.executor_id === contractId,
  );
  const ended = receipt?.outcome.status;
  if (receipt === undefined || ended === undefined || typeof ended === "string") return undefined;
  if ("Failure" in ended) return { kind: "failed", reason: reasonOf(ended.Failure) };
  if (!("SuccessValue" in ended)) return undefined;
  const value = parseValue(ended.SuccessValue);
  if (value === undefined) return undefined;
  return { kind: "succeeded", value, minted: mintedIn(receipt.outcome.logs) };
}

const EVENT = "EVENT_JSON:";
const mintEventSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    standard: v.literal("nep171"),
    event: v.literal("nft_mint"),
    data: v.array(v.object({ token_ids: v.array(v.string()) })),
  }),
);

/** Returns the tokens that the events of NEP-171 name as minted. */
function mintedIn(logs: readonly string[]): Set<string> {
  const events = logs
    .filter((log) => log.startsWith(EVENT))
    .map((log) => v.safeParse(mintEventSchema, log.slice(EVENT.length)));
  return new Set(events.flatMap((event) => (event.success ? event.output.data.flatMap((each) => each.token_ids) : [])));
}

/** Parses base64 of JSON. Undefined for anything else. */
function parseValue(base64: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))));
  } catch {
    return undefined;
  }
}

const panicSchema = v.object({
  ActionError: v.object({ kind: v.object({ FunctionCallError: v.object({ ExecutionError: v.string() }) }) }),
});

/**
 * The contract's own words where it panicked, else the node's. Bounded, since a node may send
 * anything.
 */
function reasonOf(failure: unknown): string {
  const panic = v.safeParse(panicSchema, failure);
  const text = panic.success ? panic.output.ActionError.kind.FunctionCallError.ExecutionError : JSON.stringify(failure);
  return (text ?? "").replace(/^Smart contract panicked: /, "").slice(0, 500);
}
