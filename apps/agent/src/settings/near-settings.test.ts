import { describe, expect, test } from "vitest";
import { parseNear } from "./near-settings.ts";
import type { NearSettings } from "./near-settings.ts";

const KEY = `ed25519:${"3".repeat(88)}`;

function settingsOf(given: Record<string, string>): NearSettings {
  const parsed = parseNear(given);
  return parsed.kind === "valid" ? parsed.settings : expect.fail(parsed.problems.join("\n"));
}

test("the three variables of an account are enough", () => {
  const { place, writer } = settingsOf({
    NEAR_ACCOUNT_ID: "acme.testnet",
    NEAR_PRIVATE_KEY: KEY,
    NEAR_NETWORK: "testnet",
  });
  expect(place).toMatchObject({ network: "testnet", contractId: "notary.acme.testnet" });
  expect(place.rpcUrls).toHaveLength(2);
  expect(writer).toEqual({ accountId: "acme.testnet", key: { kind: "given", keys: [KEY] } });
});

test("reads every variable", () => {
  const given = {
    NEAR_ACCOUNT_ID: "agent.acme",
    NEAR_KEY_FILE: "/run/secrets/near",
    NEAR_NETWORK: "localnet",
    NEAR_CONTRACT_ID: "notary.acme",
    NEAR_RPC_URLS: "http://127.0.0.1:3030, https://rpc.example/key",
    NEAR_MIN_AGREEMENT: "1",
    ETRAP_ANCHOR_FROM: "beginning",
    ETRAP_MAX_MINT_RETRIES: "5",
  };
  expect(settingsOf(given)).toEqual({
    place: {
      network: "localnet",
      contractId: "notary.acme",
      rpcUrls: ["http://127.0.0.1:3030", "https://rpc.example/key"],
      minAgreement: 1,
    },
    writer: { accountId: "agent.acme", key: { kind: "file", file: "/run/secrets/near" } },
    anchorFrom: "beginning",
    maxMintRetries: 5,
  });
});

test("takes several keys, and the key that near-cli keeps", () => {
  const several = { NEAR_ACCOUNT_ID: "acme.near", NEAR_NETWORK: "mainnet", NEAR_PRIVATE_KEY: `${KEY},${KEY}` };
  expect(settingsOf(several).writer?.key).toEqual({ kind: "given", keys: [KEY, KEY] });
  expect(settingsOf({ NEAR_ACCOUNT_ID: "acme.near" }).writer?.key).toEqual({ kind: "credentials" });
});

describe("refuses", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      "a key that is none",
      { NEAR_ACCOUNT_ID: "a.near", NEAR_PRIVATE_KEY: "secret" },
      /^NEAR_PRIVATE_KEY: expected ed25519:/,
    ],
    ["a key without an account", { NEAR_PRIVATE_KEY: KEY }, /^NEAR_ACCOUNT_ID: missing/],
    [
      "two keys",
      { NEAR_ACCOUNT_ID: "a.near", NEAR_PRIVATE_KEY: KEY, NEAR_KEY_FILE: "f" },
      /^NEAR_KEY_FILE: expected unset/,
    ],
    ["an account in capitals", { NEAR_ACCOUNT_ID: "A.near" }, /^NEAR_ACCOUNT_ID: /],
    [
      "a private network without nodes",
      { NEAR_ACCOUNT_ID: "a.b", NEAR_NETWORK: "localnet" },
      /^NEAR_RPC_URLS: missing/,
    ],
    ["a node that is none", { NEAR_RPC_URLS: "rpc.testnet.near.org" }, /^NEAR_RPC_URLS: expected http/],
    [
      "more agreement than nodes",
      { NEAR_RPC_URLS: "http://a", NEAR_MIN_AGREEMENT: "2" },
      /^NEAR_MIN_AGREEMENT: expected at most 1/,
    ],
    ["another beginning", { ETRAP_ANCHOR_FROM: "yesterday" }, /^ETRAP_ANCHOR_FROM: expected now or beginning/],
  ])("%s", (_, given, problem) => {
    const parsed = parseNear(given);
    expect(parsed).toEqual({ kind: "invalid", problems: [expect.stringMatching(problem)] });
    expect(JSON.stringify(parsed)).not.toMatch(/secret|3333/);
  });
});
