import { recordsOf } from "../actions/contract-actions.ts";
import type { CallOutcome } from "../calls/call.ts";
import { accountOf, draftState } from "../state/state.ts";
import { runCall } from "../vm/run-call.ts";
import type { Block } from "./block.ts";
import type { Chain } from "./chain.ts";
import { runtimeBlock } from "./chain.ts";

/** A view and the account and block that it is asked of. */
export interface ViewCall {
  readonly accountId: string;
  readonly block: Block;
  readonly method: string;
  readonly input: Uint8Array;
  readonly gas: bigint;
}

/** Calls a view. Nothing that it does stays. Returns undefined if the account has no contract. */
export function callView(chain: Chain, { accountId, block, gas, input, method }: ViewCall): CallOutcome | undefined {
  const state = chain.stateAt(block.height);
  const account = accountOf(state, accountId);
  const code = account && state.codes.get(account.codeHash);
  if (account === undefined || code === undefined) return undefined;
  return runCall(
    code,
    {
      chainId: chain.genesis.chainId,
      currentAccountId: accountId,
      signerAccountId: accountId,
      signerPublicKey: new Uint8Array(33),
      predecessorAccountId: accountId,
      method,
      input,
      block: runtimeBlock(chain.genesis, block),
      balance: account.balance,
      deposit: 0n,
      prepaidGas: gas,
      storageUsage: account.storageUsage,
      isView: true,
      promiseResults: [],
      dataReceivers: [],
    },
    recordsOf(draftState(state), accountId),
  );
}
