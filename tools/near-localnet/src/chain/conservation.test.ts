import fc from "fast-check";
import type { Action } from "near-api-js";
import { actions, nearToYocto, PublicKey } from "near-api-js";
import { expect, test } from "vitest";
import { standardContract } from "../fixtures/contracts.ts";
import { localPublicKey } from "../keys.ts";
import { isRefund } from "../receipts/receipt.ts";
import { accountOf } from "../state/state.ts";
import { transact } from "../transact.ts";
import { sumOfDeposits } from "../transaction/action.ts";
import type { Chain } from "./chain.ts";
import { createChain } from "./chain.ts";
import { createProducer } from "./producer.ts";

const CHAIN_ID = "conserved";
const START = nearToYocto("1000");
const ACCOUNTS = ["near", "nft.near", "receiver.near", "alice.near"];
const MINT_DEPOSIT = nearToYocto("0.1");

function newChain(): Chain {
  const accounts = ACCOUNTS.map((accountId) => ({
    accountId,
    balance: START,
    publicKey: localPublicKey(CHAIN_ID, accountId),
  }));
  return createChain({ chainId: CHAIN_ID, validityPeriod: 1_000, timestamp: 1n, accounts });
}

/** Returns all money that there is, and all that was burnt. */
function sumOf({ archive, head, stateAt }: Chain): bigint {
  const state = stateAt(head().height);
  const held = state.accounts.accountIds().reduce((sum, id) => sum + (accountOf(state, id)?.balance ?? 0n), 0n);
  return archive.outcomes().reduce((sum, { outcome }) => {
    const receipt = archive.receipt(outcome.id);
    // A refund to an account that is gone is lost, on the network too.
    const isLost = receipt?.kind === "actions" && isRefund(receipt) && outcome.status.kind === "failure";
    return sum + outcome.tokensBurnt + (isLost ? sumOfDeposits(receipt.actions) : 0n);
  }, held);
}

const call = (method: string, args: object, deposit = 0n): Action =>
  actions.functionCall(method, { ...args }, 60_000_000_000_000n, deposit);
const token = fc.constantFrom("a", "b");
const account = fc.constantFrom(...ACCOUNTS, "new.near", "nobody");

const step = fc.record({
  signerId: fc.constantFrom(...ACCOUNTS),
  receiverId: account,
  actions: fc.oneof<fc.Arbitrary<Action[]>[]>(
    fc.bigInt({ min: 0n, max: START * 2n }).map((amount) => [actions.transfer(amount)]),
    token.map((id) => [
      call("nft_mint", { token_id: id, receiver_id: "alice.near", token_metadata: { title: id } }, MINT_DEPOSIT),
    ]),
    fc
      .tuple(token, account, fc.constantFrom("keep", "return", "ask", "panic"))
      .map(([id, to, msg]) => [call("nft_transfer_call", { token_id: id, receiver_id: to, msg }, 1n)]),
    fc.constant([
      actions.createAccount(),
      actions.transfer(MINT_DEPOSIT),
      actions.addFullAccessKey(PublicKey.fromString(localPublicKey(CHAIN_ID, "new.near"))),
    ]),
    account.map((beneficiary) => [actions.deleteAccount(beneficiary)]),
    fc.constant([call("new", { owner_id: "nft.near" }), actions.transfer(1n)]),
  ),
});

test("no yocto is made or lost, whatever is done", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const chain = newChain();
      const producer = createProducer(
        { chain, produce: (timestamp) => chain.produce({ timestamp }), close: () => undefined },
        0,
      );
      const setUp = [
        {
          signerId: "nft.near",
          receiverId: "nft.near",
          actions: [actions.deployContract(standardContract("nft")), call("new", { owner_id: "nft.near" })],
        },
        {
          signerId: "receiver.near",
          receiverId: "receiver.near",
          actions: [actions.deployContract(standardContract("receiver"))],
        },
      ];
      for (const own of [...setUp, ...steps]) await transact({ chain, producer }, own).catch(() => undefined);
      producer.settle();
      expect(sumOf(chain)).toBe(START * BigInt(ACCOUNTS.length));
    }),
    { numRuns: 25 },
  );
});
