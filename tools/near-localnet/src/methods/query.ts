import { PublicKey } from "near-api-js";
import * as v from "valibot";
import type { NodeView } from "../rpc/node.ts";
import { blockReferenceSchema, findBlock, parseParams } from "../rpc/params.ts";
import type { Account } from "../state/state.ts";
import { accessKeyJson } from "../transaction/action-json.ts";
import { callFunction } from "./call-function.ts";
import type { QueryPlace } from "./query-place.ts";
import { placeJson, placeOf, queryFailure } from "./query-place.ts";
import { viewState } from "./view-state.ts";

const account = { account_id: v.string() };

const requestSchema = v.variant("request_type", [
  v.object({ request_type: v.literal("view_account"), ...account }),
  v.object({ request_type: v.literal("view_access_key"), ...account, public_key: v.string() }),
  v.object({ request_type: v.literal("view_access_key_list"), ...account }),
  v.object({ request_type: v.literal("view_code"), ...account }),
  v.object({ request_type: v.literal("view_state"), ...account, prefix_base64: v.optional(v.string(), "") }),
  v.object({
    request_type: v.literal("call_function"),
    ...account,
    method_name: v.string(),
    args_base64: v.optional(v.string(), ""),
  }),
]);

/** The method `query`: reads accounts, keys, records and code, and calls views. */
export function query(node: NodeView, params: unknown): unknown {
  const request = parseParams(requestSchema, params);
  const block = findBlock(node, parseParams(blockReferenceSchema, params));
  const place = placeOf(node, block, request.account_id);
  const at = placeJson(block);
  switch (request.request_type) {
    case "view_account":
      return { ...accountJson(place.account), ...at };
    case "view_access_key":
      return { ...keyJson(place, request.public_key), ...at };
    case "view_access_key_list":
      return { keys: keysJson(place), ...at };
    case "view_code":
      return { ...codeJson(place), ...at };
    case "view_state":
      return { ...viewState(place, request.prefix_base64), ...at };
    case "call_function":
      return callFunction(place, request.method_name, request.args_base64);
  }
}

const accountJson = ({ balance, codeHash, storageUsage }: Account): Readonly<Record<string, unknown>> => ({
  amount: `${balance}`,
  locked: "0",
  code_hash: codeHash,
  storage_usage: storageUsage,
  storage_paid_at: 0,
});

function keyJson({ accountId, block, node, state }: QueryPlace, publicKey: string): Readonly<Record<string, unknown>> {
  const key = state.keys.get(accountId, parseKey(publicKey));
  if (key !== undefined) return accessKeyJson(key);
  if (node.legacyQueryErrors) return { error: `access key ${publicKey} does not exist while viewing`, logs: [] };
  throw queryFailure("UNKNOWN_ACCESS_KEY", block, { public_key: publicKey });
}

/** Returns the key in the form in which accounts hold it. Throws `RpcFailure`. */
function parseKey(text: string): string {
  const keySchema = v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return PublicKey.fromString(dataset.value).toString();
      } catch {
        addIssue({ message: "invalid public key" });
        return NEVER;
      }
    }),
  );
  return parseParams(keySchema, text);
}

const keysJson = ({ accountId, state }: QueryPlace): unknown[] =>
  [...state.keys.entries(accountId)].map(([publicKey, key]) => ({
    public_key: publicKey,
    access_key: accessKeyJson(key),
  }));

function codeJson({ account: { codeHash }, accountId, block, state }: QueryPlace): Readonly<Record<string, unknown>> {
  const code = state.codes.get(codeHash);
  if (code === undefined) throw queryFailure("NO_CONTRACT_CODE", block, { contract_account_id: accountId });
  return { code_base64: Buffer.from(code).toString("base64"), hash: codeHash };
}
