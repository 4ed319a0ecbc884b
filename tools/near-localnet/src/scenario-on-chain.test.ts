import { nearToYocto } from "near-api-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { standardContract, standardScenario } from "./fixtures/contracts.ts";
import type { Localnet } from "./localnet.ts";
import { createLocalnet } from "./localnet.ts";
import { createChainRunner } from "./scenario-on-chain.ts";
import { runScenario } from "./scenario/scenario.ts";

let localnet: Localnet;

beforeEach(async () => {
  localnet = await createLocalnet();
});
afterEach(() => localnet.close());

test.each(["nft", "nft-5.1"] as const)("%s does by transactions what it does in the network's own VM", async (name) => {
  await localnet.createAccount("nft.near", { balance: nearToYocto("1000") });
  await localnet.deploy("nft.near", standardContract(name));
  // The last call makes a promise, which runs here and did not there.
  const steps = standardScenario(name).slice(0, -1);
  expect(steps.length).toBeGreaterThan(25);
  expect(await runScenario(steps, createChainRunner(localnet, "nft.near"))).toEqual([]);
});
