import { Account, actions } from "near-api-js";
import * as v from "valibot";
import { localKey } from "./keys.ts";
import type { Localnet } from "./localnet.ts";
import type { Observation, ScenarioRunner, ScenarioStep } from "./scenario/scenario.ts";

const failureSchema = v.pipe(
  v.union([v.object({ ExecutionError: v.string() }), v.object({ MethodResolveError: v.string() })]),
  v.transform((error) => ("ExecutionError" in error ? error.ExecutionError : error.MethodResolveError)),
);

const viewSchema = v.object({
  result: v.optional(v.object({ result: v.array(v.number()), logs: v.array(v.string()) })),
  error: v.optional(v.object({ cause: v.object({ info: v.object({ error: failureSchema }) }) })),
});

const statusSchema = v.union([
  v.object({ SuccessValue: v.string() }),
  v.object({ SuccessReceiptId: v.string() }),
  v.object({ Failure: v.object({ ActionError: v.object({ kind: v.object({ FunctionCallError: failureSchema }) }) }) }),
]);

/**
 * Creates a runner that calls the contract of `contractId` by transactions of near-api-js. It makes
 * the accounts that call.
 */
export function createChainRunner(localnet: Localnet, contractId: string): ScenarioRunner {
  const clients = new Map<string, Account>();
  const clientOf = async (accountId: string): Promise<Account> => {
    const known = clients.get(accountId);
    if (known !== undefined) return known;
    if (accountId !== contractId) await localnet.createAccount(accountId);
    const client = new Account(accountId, localnet.url, localKey(localnet.chainId, accountId));
    clients.set(accountId, client);
    return client;
  };
  return async (step) => {
    const client = await clientOf(step.by);
    const seen = step.view ? await view(localnet.url, contractId, step) : await call(client, contractId, step);
    const { storage_usage: storageUsage } = await client.provider.viewAccount({ accountId: contractId });
    return { ...seen, storageUsage };
  };
}

type Seen = Omit<Observation, "storageUsage">;

async function view(url: string, contractId: string, { args, method }: ScenarioStep): Promise<Seen> {
  const args_base64 = Buffer.from(JSON.stringify(args)).toString("base64");
  const params = {
    request_type: "call_function",
    account_id: contractId,
    method_name: method,
    args_base64,
    finality: "optimistic",
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: "1", method: "query", params });
  const { error, result } = v.parse(viewSchema, await (await fetch(url, { method: "POST", body })).json());
  if (result === undefined) return { returned: null, logs: [], failure: error?.cause.info.error ?? "" };
  const text = Buffer.from(result.result).toString();
  return { returned: text === "" ? null : text, logs: result.logs, failure: null };
}

async function call(client: Account, contractId: string, step: ScenarioStep): Promise<Seen> {
  const { args, deposit, method, tgas } = step;
  const action = actions.functionCall(method, args, BigInt(tgas) * 10n ** 12n, BigInt(deposit));
  const { receipts_outcome: receipts } = await client.signAndSendTransaction({
    receiverId: contractId,
    actions: [action],
    throwOnFailure: false,
    waitUntil: "FINAL",
  });
  const outcome = receipts[0]?.outcome;
  return { ...statusOf(v.parse(statusSchema, outcome?.status)), logs: outcome?.logs ?? [] };
}

function statusOf(status: v.InferOutput<typeof statusSchema>): Omit<Seen, "logs"> {
  if ("Failure" in status) return { returned: null, failure: status.Failure.ActionError.kind.FunctionCallError };
  if ("SuccessReceiptId" in status) return { returned: { promise: 0 }, failure: null };
  const text = Buffer.from(status.SuccessValue, "base64").toString();
  return { returned: text === "" ? null : text, failure: null };
}
