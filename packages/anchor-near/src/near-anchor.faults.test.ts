import { batchId } from "@etrap/proof";
import { sampleChain } from "@etrap/ledger/testing";
import type { Clock, Publication } from "@etrap/batcher";
import type { LocalnetOptions } from "@etrap/near-localnet";
import { expect, onTestFinished, test } from "vitest";
import { AGENT, CONTRACT, createNearWorld, LOCATION } from "./fixtures/near-world.ts";
import type { NearWorld } from "./fixtures/near-world.ts";
import { NEVER, publicationsOf, supplyOf } from "./fixtures/publications.ts";
import { createNearAnchor, createNearProvider } from "./index.ts";
import type { NearAnchor } from "./index.ts";

const [account, booking] = [sampleChain("account"), sampleChain("booking")];

async function startWorld(options?: LocalnetOptions): Promise<NearWorld> {
  const world = await createNearWorld(options);
  onTestFinished(() => world.close());
  return world;
}

/** A clock on which a pause takes no time. A node that rests is asked again after `passTime`. */
let offset = 0;
const clock: Clock = { now: () => Date.now() + offset, sleep: async () => undefined };
function passTime(): void {
  offset += 60_000;
}

async function publish(anchor: NearAnchor, publications: readonly Publication[]): Promise<unknown[]> {
  const outcomes = await anchor.publish(publications, NEVER);
  return outcomes.map((outcome) => (outcome.kind === "failed" ? codeOf(outcome.error) : outcome.receipt.token_id));
}

function codeOf(error: Error): unknown {
  return "code" in error ? error.code : error;
}

function idsOf(publications: readonly Publication[]): string[] {
  return publications.map(({ header }) => batchId(header));
}

test("a batch that the contract refuses stops its own chain alone", async () => {
  const world = await startWorld();
  const anchor = world.anchorWith(await world.addKey(), { clock });
  const [good, bad] = [publicationsOf(4, account), publicationsOf(4, booking)];
  const [first, broken, ...rest] = bad;
  if (first === undefined || broken === undefined) throw new Error("expected batches");
  const tooLong = { ...broken, batchData: { ...broken.batchData, key: `${broken.batchData.key}-of-another-batch` } };
  const outcomes = await publish(anchor, [...good, first, tooLong, ...rest]);
  expect(outcomes).toEqual([...idsOf(good), batchId(first.header), "NEAR_REFUSED", "NOT_NEXT", "NOT_NEXT"]);
  expect(await publish(anchor, bad)).toEqual(idsOf(bad));
  expect(await supplyOf(world)).toBe(8);
});

test("several keys mint at the same time, and a chain stays with its key", async () => {
  const world = await startWorld();
  const keys = [await world.addKey(), await world.addKey(), await world.addKey()];
  const anchor = world.anchorWith(keys, { clock });
  const chains = ["a", "b", "c", "d"].map((table) => publicationsOf(4, sampleChain(table)));
  const [firsts, seconds] = [chains.flatMap((each) => each.slice(0, 2)), chains.flatMap((each) => each.slice(2))];
  expect(await publish(anchor, firsts)).toEqual(idsOf(firsts));
  const [one, other] = await Promise.all([publish(anchor, firsts), publish(anchor, seconds)]);
  expect([one, other]).toEqual([idsOf(firsts), idsOf(seconds)]);
  expect(await supplyOf(world)).toBe(16);
});

test("more than a hundred batches are minted in several transactions", async () => {
  const world = await startWorld();
  const anchor = world.anchorWith(await world.addKey(), { clock });
  const many = publicationsOf(130);
  expect(await publish(anchor, many)).toEqual(idsOf(many));
});

test("a transaction that expired unsent is signed anew", async () => {
  const world = await startWorld({ validityPeriod: 20 });
  const anchor = world.anchorWith(await world.addKey(), { clock, validityPeriod: 20 });
  const batches = publicationsOf(2);
  let isAway = true;
  for (const node of [world.localnet, world.second])
    node.setFault(({ method }) => (isAway && method === "send_tx" ? { kind: "drop", isServed: false } : undefined));
  expect(await publish(anchor, batches)).toEqual(["OUTCOME_UNKNOWN", "OUTCOME_UNKNOWN"]);
  expect(await publish(anchor, batches)).toEqual(["OUTCOME_UNKNOWN", "OUTCOME_UNKNOWN"]);
  isAway = false;
  passTime();
  world.localnet.advance(30);
  expect(await publish(anchor, batches)).toEqual(idsOf(batches));
});

test("an unclear transaction is settled before another is signed", async () => {
  const world = await startWorld();
  const anchor = world.anchorWith(await world.addKey(), { clock });
  const [first, ...rest] = publicationsOf(3);
  if (first === undefined) throw new Error("expected a batch");
  const sent: unknown[] = [];
  let isAway = true;
  for (const node of [world.localnet, world.second])
    node.setFault(({ method, params }) => {
      if (method === "send_tx") sent.push((params as { signed_tx_base64: string }).signed_tx_base64);
      return isAway && ["send_tx", "tx"].includes(method) ? { kind: "drop", isServed: true } : undefined;
    });
  expect(await publish(anchor, [first])).toEqual(["OUTCOME_UNKNOWN"]);
  expect(new Set(sent).size).toBe(1);
  isAway = false;
  passTime();
  expect(await publish(anchor, [first, ...rest])).toEqual(idsOf([first, ...rest]));
  // The bytes of the unclear one, and those of one more.
  expect(new Set(sent).size).toBe(2);
  expect(await supplyOf(world)).toBe(3);
});

test("a signal ends a call, and what was sent is settled by the next", async () => {
  const world = await startWorld();
  const anchor = world.anchorWith(await world.addKey(), { clock });
  const batches = publicationsOf(2);
  const stop = new AbortController();
  world.localnet.setFault(({ method }) => {
    if (method === "send_tx") stop.abort();
    return undefined;
  });
  const outcomes = await anchor.publish(batches, stop.signal);
  expect(outcomes.map(({ kind }) => kind)).toEqual(["failed", "failed"]);
  expect(await publish(anchor, batches)).toEqual(idsOf(batches));
  expect(await supplyOf(world)).toBe(2);
  await expect(anchor.publish(batches, stop.signal)).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("tokens are minted to a new owner after a hand-over", async () => {
  const world = await startWorld();
  const anchor = world.anchorWith(await world.addKey(), { clock });
  const batches = publicationsOf(3);
  await publish(anchor, batches.slice(0, 1));
  const { owner, agent, localnet } = world;
  await owner.callFunction({ contractId: CONTRACT, methodName: "propose_owner", args: { account_id: AGENT } });
  await agent.callFunction({ contractId: CONTRACT, methodName: "accept_owner", args: {} });
  localnet.advance(3);
  expect(await publish(anchor, batches)).toEqual(idsOf(batches));
  expect(await world.view("nft_supply_for_owner", { account_id: AGENT })).toBe("3");
});

test("a batch that the owner took out of its chain is no receipt any more", async () => {
  const world = await startWorld();
  const anchor = world.anchorWith(await world.addKey(), { clock });
  const batches = publicationsOf(3);
  await publish(anchor, batches);
  const { database, schema, table } = account;
  const restart = { chain: { database, schema, table }, last_good_seq: 0, reason: "a key was stolen" };
  await world.owner.callFunction({ contractId: CONTRACT, methodName: "restart_chain", args: restart });
  world.localnet.advance(3);
  expect(await anchor.chainHead(account)).toMatchObject({ seq: 0 });
  // The same batches may be minted again, and then count.
  const outcomes = await publish(anchor, batches);
  expect(outcomes[0]).toBe(batchId(batches[0]?.header as Publication["header"]));
  const fork = publicationsOf(3, account, 1).slice(1);
  expect((await publish(anchor, fork))[0]).toBe("NOT_NEXT");
});

test("what the contract holds is taken, also where the ledger has moved", async () => {
  const world = await startWorld();
  const signer = await world.addKey();
  const batches = publicationsOf(3);
  await publish(world.anchorWith(signer, { clock }), batches);
  const moved = createNearAnchor(
    {
      providers: [createNearProvider({ url: world.localnet.url })],
      network: world.localnet.chainId,
      accountId: AGENT,
      signer,
      contractId: CONTRACT,
      location: { ...LOCATION, bucket: "etrap-moved", base: "https://elsewhere/etrap-moved/" },
    },
    { clock },
  );
  expect(await publish(moved, batches)).toEqual(idsOf(batches));
  expect(await supplyOf(world)).toBe(3);
});

test("a node that lies about a root is not believed", async () => {
  const world = await startWorld();
  const anchor = world.anchorWith(await world.addKey(), { clock });
  const batches = publicationsOf(1);
  const root = batches[0]?.header.merkle_root ?? "";
  world.localnet.setFault(() => ({
    kind: "lie",
    forge: (result) => {
      const text = JSON.stringify(result);
      const encoded = /"SuccessValue":"([^"]*)"/g;
      return JSON.parse(
        text.replaceAll(encoded, (_, value: string) => {
          const forged = Buffer.from(value, "base64").toString().replaceAll(root, root.replaceAll("a", "b"));
          return `"SuccessValue":"${Buffer.from(forged).toString("base64")}"`;
        }),
      );
    },
  }));
  expect(await publish(anchor, batches)).toEqual(["NEAR_DISAGREEMENT"]);
  world.localnet.setFault(undefined);
  expect(await publish(anchor, batches)).toEqual(idsOf(batches));
});

test("a node of another network is refused before anything is sent", async () => {
  const world = await startWorld();
  const other = await createNearWorld({ chainId: "elsewhere" });
  onTestFinished(() => other.close());
  const anchor = createNearAnchor(
    {
      providers: [world.localnet.url, other.localnet.url].map((url) => createNearProvider({ url })),
      network: world.localnet.chainId,
      accountId: AGENT,
      signer: await world.addKey(),
      contractId: CONTRACT,
      location: LOCATION,
    },
    { clock },
  );
  await expect(anchor.check()).rejects.toMatchObject({ code: "NEAR_WRONG_NETWORK" });
  expect(await publish(anchor, publicationsOf(1))).not.toContain(idsOf(publicationsOf(1))[0]);
  expect(await supplyOf(other)).toBe(0);
});

test("funds that end while minting are told with what is missing", async () => {
  const world = await startWorld();
  const signer = await world.addKey({ allowance: 1n });
  expect(await publish(world.anchorWith(signer, { clock }), publicationsOf(1))).toEqual(["NEAR_ALLOWANCE_USED"]);
});

test.for([
  ["remove_minter", { account_id: AGENT }, "NEAR_NOT_A_MINTER"],
  ["pause", {}, "NEAR_PAUSED"],
  ["set_reserve_floor", { reserve_floor: "900000000000000000000000000" }, "NEAR_CONTRACT_FUNDS"],
] as const)("the contract's refusal after %s is told as itself, for every batch", async ([methodName, args, code]) => {
  const world = await startWorld();
  const anchor = world.anchorWith(await world.addKey(), { clock });
  await world.owner.callFunction({ contractId: CONTRACT, methodName, args });
  world.localnet.advance(3);
  expect(await publish(anchor, publicationsOf(2))).toEqual([code, code]);
});
