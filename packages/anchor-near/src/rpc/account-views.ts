import { baseDecode } from "near-api-js";
import * as v from "valibot";
import type { NearProvider } from "./near-provider.ts";
import { RpcFailure } from "./rpc-failure.ts";

/** The finality of the block that a node answers from. */
export type Finality = "final" | "optimistic";

/** An access key at a block. */
export interface AccessKeyView {
  readonly nonce: bigint;
  readonly blockHeight: number;
  /** Undefined for a full access key. */
  readonly limits: KeyLimits | undefined;
}

/** What a function-call key may do. */
interface KeyLimits {
  /** In yoctoNEAR. Undefined where it is unlimited. */
  readonly allowance: bigint | undefined;
  readonly receiverId: string;
  /** Empty for every method. */
  readonly methods: readonly string[];
}

/** An account at a final block. Amounts are in yoctoNEAR. */
export interface AccountView {
  readonly balance: bigint;
  readonly storageBytes: number;
  readonly hasContract: boolean;
}

/** A final block. */
export interface BlockView {
  readonly hash: string;
  readonly height: number;
}

const yocto = v.pipe(
  v.string(),
  v.digits(),
  v.transform((digits) => BigInt(digits)),
);
const legacyError = v.object({ error: v.string() });

const keySchema = v.object({
  nonce: v.pipe(
    v.number(),
    v.safeInteger(),
    v.transform((digits) => BigInt(digits)),
  ),
  block_height: v.number(),
  permission: v.union([
    v.literal("FullAccess"),
    v.object({
      FunctionCall: v.object({
        allowance: v.nullable(yocto),
        receiver_id: v.string(),
        method_names: v.array(v.string()),
      }),
    }),
  ]),
});
const accountSchema = v.object({ amount: yocto, storage_usage: v.number(), code_hash: v.string() });
const blockSchema = v.object({
  header: v.object({ hash: v.pipe(v.string(), v.check(isHash)), height: v.number() }),
});
const gasPriceSchema = v.object({ gas_price: yocto });

/**
 * Returns an access key. Rejects with an `RpcFailure`, `UNKNOWN_ACCESS_KEY` where there is none.
 */
export async function viewAccessKey(
  node: NearProvider,
  {
    accountId,
    publicKey,
    finality,
  }: { readonly accountId: string; readonly publicKey: string; readonly finality: Finality },
  signal?: AbortSignal,
): Promise<AccessKeyView> {
  const params = { request_type: "view_access_key", finality, account_id: accountId, public_key: publicKey };
  const {
    nonce,
    block_height: blockHeight,
    permission,
  } = parse(node, keySchema, await node.call("query", params, signal));
  if (permission === "FullAccess") return { nonce, blockHeight, limits: undefined };
  const { allowance, receiver_id: receiverId, method_names: methods } = permission.FunctionCall;
  return { nonce, blockHeight, limits: { allowance: allowance ?? undefined, receiverId, methods } };
}

const NO_CODE = "1".repeat(32);

/** Returns an account. Rejects with an `RpcFailure`, `UNKNOWN_ACCOUNT` where there is none. */
export async function viewAccount(node: NearProvider, accountId: string, signal?: AbortSignal): Promise<AccountView> {
  const params = { request_type: "view_account", finality: "final", account_id: accountId };
  const { amount, storage_usage, code_hash } = parse(node, accountSchema, await node.call("query", params, signal));
  return { balance: amount, storageBytes: storage_usage, hasContract: code_hash !== NO_CODE };
}

/** Returns the newest final block. Rejects with an `RpcFailure`. */
export async function viewFinalBlock(node: NearProvider, signal?: AbortSignal): Promise<BlockView> {
  return parse(node, blockSchema, await node.call("block", { finality: "final" }, signal)).header;
}

/** Returns the price of a unit of gas in yoctoNEAR. Rejects with an `RpcFailure`. */
export async function viewGasPrice(node: NearProvider, signal?: AbortSignal): Promise<bigint> {
  return parse(node, gasPriceSchema, await node.call("gas_price", [null], signal)).gas_price;
}

/** The length is looked at first, since decoding takes time that grows with its square. */
function isHash(text: string): boolean {
  return /^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(text) && baseDecode(text).length === 32;
}

function parse<T>({ name }: NearProvider, schema: v.GenericSchema<unknown, T>, answer: unknown): T {
  const parsed = v.safeParse(schema, answer);
  if (parsed.success) return parsed.output;
  // Older nodes answer a failed query with a result.
  const legacy = v.safeParse(legacyError, answer);
  if (legacy.success && /access key .* does not exist|does not exist while viewing/.test(legacy.output.error)) {
    const causeName = legacy.output.error.includes("access key") ? "UNKNOWN_ACCESS_KEY" : "UNKNOWN_ACCOUNT";
    throw new RpcFailure(`${name}: ${causeName}`, { kind: "refused", causeName });
  }
  throw new RpcFailure(`${name}: an answer that is not a node's`, { kind: "bad-answer" });
}
