import { MAX_BURNT_GAS } from "../calls/gas-counter.ts";
import type { Failure } from "../calls/vm-failure.ts";
import { failureJson, failureText } from "../calls/vm-failure.ts";
import { callView } from "../chain/call-view.ts";
import { parseBase64 } from "../rpc/params.ts";
import type { QueryPlace } from "./query-place.ts";
import { placeJson, queryFailure } from "./query-place.ts";

/** Calls a view of a contract. Nothing that it does stays. */
export function callFunction(place: QueryPlace, method: string, argsBase64: string): unknown {
  const { accountId, block, node } = place;
  const input = parseBase64(argsBase64);
  const outcome = callView(node.chain, { accountId, block, method, input, gas: MAX_BURNT_GAS });
  if (outcome === undefined) return failed(place, { kind: "no-code", accountId });
  const { failure, logs, returned } = outcome;
  if (failure !== undefined) return failed(place, failure);
  const value = returned.kind === "value" ? returned.value : new Uint8Array();
  return { result: [...value], logs, ...placeJson(block) };
}

/** Older nodes answer a failed view with a result that has `error`, newer ones with an error. */
function failed({ block, node }: QueryPlace, failure: Failure): unknown {
  const vmError = `wasm execution failed with error: ${debugText(failure)}`;
  if (node.legacyQueryErrors) return { error: vmError, logs: [], ...placeJson(block) };
  throw queryFailure("CONTRACT_EXECUTION_ERROR", block, { vm_error: vmError, error: failureJson(failure) });
}

/** Returns a failure as nodes print it for debugging, as far as clients look into it. */
function debugText(failure: Failure): string {
  switch (failure.kind) {
    case "no-code":
      return `CompilationError(CodeDoesNotExist { account_id: ${JSON.stringify(failure.accountId)} })`;
    case "method":
      return `MethodResolveError(${failure.error})`;
    case "panic":
      return `HostError(GuestPanic { panic_msg: ${JSON.stringify(failure.message)} })`;
    default:
      return failureText(failure);
  }
}
