import { batchId, headerDigest } from "@etrap/proof";
import type { AnchorClaim } from "@etrap/proof";
import { sampleChain } from "@etrap/ledger/testing";
import { expect, onTestFinished, test } from "vitest";
import { CONTRACT, createNearWorld } from "./fixtures/near-world.ts";
import type { NearWorld } from "./fixtures/near-world.ts";
import { NEVER, publicationsOf } from "./fixtures/publications.ts";
import { createNearProvider, createNearReader } from "./reader.ts";
import type { NearReader } from "./reader.ts";

const BATCHES = publicationsOf(2);

interface Read {
  readonly world: NearWorld;
  readonly reader: NearReader;
  readonly claim: AnchorClaim;
}

async function startRead(): Promise<Read> {
  const world = await createNearWorld();
  onTestFinished(() => world.close());
  const anchor = world.anchorWith(await world.addKey());
  const [outcome] = await anchor.publish(BATCHES, NEVER);
  if (outcome?.kind !== "anchored") throw new Error("expected a receipt");
  world.localnet.advance(3);
  const providers = [world.localnet.url, world.second.url].map((url) => createNearProvider({ url }));
  const clock = { now: Date.now, sleep: async (): Promise<void> => undefined };
  const reader = createNearReader({ providers, network: world.localnet.chainId, contractId: CONTRACT }, { clock });
  return { world, reader, claim: { ...outcome.receipt, evidence: null } };
}

test("reads a token, a head and the settings without a key", async () => {
  const { reader, claim } = await startRead();
  const header = BATCHES[0]?.header;
  if (header === undefined) throw new Error("expected a batch");
  expect(await reader.token(batchId(header))).toMatchObject({
    batch_id: batchId(header),
    merkle_root: header.merkle_root,
    header_digest: headerDigest(header),
    seq: 0,
    previous: null,
    superseded: false,
    block_height: claim.block_height,
  });
  expect(await reader.chainHead(sampleChain("account"))).toMatchObject({ seq: 1, firstSeq: 0, term: 0 });
  expect(await reader.chainHead(sampleChain("nobody"))).toBeUndefined();
  expect(await reader.settings()).toMatchObject({ organization: "acme" });
  expect(await reader.supply()).toBe(2);
  const seqs: number[] = [];
  for await (const { seq } of reader.tokensOf("erp")) seqs.push(seq);
  for await (const { seq } of reader.tokensOf("nobody")) seqs.push(seq);
  expect(seqs).toEqual([1, 0]);
});

test("reads all pages of a database's tokens", async () => {
  const { world, reader } = await startRead();
  await world.anchorWith(await world.addKey()).publish(publicationsOf(130), NEVER);
  world.localnet.advance(3);
  const seqs: number[] = [];
  for await (const { seq } of reader.tokensOf("erp")) seqs.unshift(seq);
  expect(seqs).toEqual(Array.from({ length: 130 }, (_, seq) => seq));
});

test("answers for the claim of its own contract alone", async () => {
  const { reader, claim } = await startRead();
  const trusted = await reader.trust(claim);
  expect(trusted.lookUp(claim)).toMatchObject({ batch_id: claim.token_id });
  expect(() => trusted.lookUp({ ...claim, token_id: "BATCH-2025-01-01-0000000000000000-T0" })).toThrow("another token");
  for (const foreign of [
    { ...claim, network: "mainnet" },
    { ...claim, contract: "notary.mallory" },
  ]) {
    const other = await reader.trust(foreign);
    expect(other).toMatchObject({ network: reader.network, contract: CONTRACT });
    expect(() => other.lookUp(foreign)).toThrow("the claim is of another contract");
  }
});

test("a token that is not there is none, but not by a node that is behind", async () => {
  const { world, reader } = await startRead();
  const none = "BATCH-2025-01-01-0000000000000000-T0";
  expect(await reader.token(none)).toBeUndefined();
  expect(await reader.token(none, world.localnet.height() - 3)).toBeUndefined();
  await expect(reader.token(none, world.localnet.height() + 50)).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("is behind"),
  });
});

test("does not believe one node against another", async () => {
  const { world, reader, claim } = await startRead();
  world.localnet.setFault(() => ({
    kind: "lie",
    forge: (result: unknown): unknown => {
      const isView = typeof result === "object" && result !== null && "result" in result;
      return isView ? { ...result, result: [...Buffer.from("null")] } : result;
    },
  }));
  await expect(reader.token(claim.token_id)).rejects.toMatchObject({ code: "NEAR_DISAGREEMENT" });
});

test.for([
  ["HTML", { kind: "http", status: 200 }, "UNAVAILABLE"],
  ["an empty answer", { kind: "http", status: 200, body: "" }, "UNAVAILABLE"],
  [
    "another view",
    { kind: "lie", forge: (): unknown => ({ result: [123], block_height: 9 }) },
    "NEAR_CONTRACT_UNKNOWN",
  ],
  ["a number", { kind: "lie", forge: (): unknown => 7 }, "UNAVAILABLE"],
  ["another token", { kind: "lie", forge: (): unknown => viewOf({ token_id: 7 }) }, "NEAR_CONTRACT_UNKNOWN"],
  [
    "a token with other extras",
    { kind: "lie", forge: (): unknown => viewOf(tokenWith("[]")) },
    "NEAR_CONTRACT_UNKNOWN",
  ],
] as const)("refuses %s of every node", async ([, fault, code]) => {
  const { world, reader, claim } = await startRead();
  for (const node of [world.localnet, world.second])
    node.setFault(({ method }) => (method === "query" ? fault : undefined));
  await expect(reader.token(claim.token_id)).rejects.toMatchObject({ code });
});

function viewOf(value: object): unknown {
  return { result: [...Buffer.from(JSON.stringify(value))], block_height: 9, block_hash: "x", logs: [] };
}

function tokenWith(extra: string): object {
  const digest = "0".repeat(64);
  return {
    token_id: "x",
    owner_id: "owner.near",
    metadata: { extra },
    batch_summary: { database_name: "erp", merkle_root: digest },
    superseded: false,
    block_height: 1,
    block_time: "1",
  };
}

test("refuses options that cannot work", () => {
  const provider = createNearProvider({ url: "http://127.0.0.1:1" });
  const parts = { network: "testnet", contractId: CONTRACT };
  for (const [providers, minAgreement] of [
    [[], undefined],
    [[provider], 2],
    [[provider], 0],
    [[provider], 1.5],
  ] as const) {
    const options = minAgreement === undefined ? {} : { minAgreement };
    expect(() => createNearReader({ providers, ...parts }, options)).toThrow(
      expect.objectContaining({ code: "BAD_OPTIONS" }),
    );
  }
});
