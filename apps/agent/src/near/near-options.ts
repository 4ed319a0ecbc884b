import type { NearReader } from "@etrap/anchor-near/reader";
import { AgentError } from "../agent-error.ts";
import { parseNear } from "../settings/near-settings.ts";
import type { Environment } from "../settings/process-variables.ts";
import { givenVariables } from "../settings/settings.ts";
import { openReader } from "./open-reader.ts";

/** The options that name the contract to trust, for commander. */
export const NEAR_OPTIONS = [
  [
    "--network <name>",
    "network of the contract: mainnet, testnet, or another chain id (default: NEAR_NETWORK, or testnet)",
  ],
  [
    "--contract <account>",
    "account of the notary contract to trust (default: NEAR_CONTRACT_ID, or notary.{NEAR_ACCOUNT_ID})",
  ],
  ["--rpc <urls>", "RPC nodes, separated by commas (default: NEAR_RPC_URLS, or two public ones of the network)"],
] as const;

/** The values of those options. */
export interface NearOptions {
  readonly network?: string;
  readonly contract?: string;
  readonly rpc?: string;
}

/**
 * Opens a reader of the contract that the options or the environment name. A file or a bucket never
 * names it. Undefined where nothing names one. Throws BAD_SETTINGS.
 */
export function openNearReader(environment: Environment, options: NearOptions): NearReader | undefined {
  const { NEAR_ACCOUNT_ID, NEAR_CONTRACT_ID, NEAR_NETWORK, NEAR_RPC_URLS, NEAR_MIN_AGREEMENT } =
    givenVariables(environment);
  const near = parseNear({
    NEAR_ACCOUNT_ID,
    NEAR_CONTRACT_ID: options.contract ?? NEAR_CONTRACT_ID,
    NEAR_NETWORK: options.network ?? NEAR_NETWORK,
    NEAR_RPC_URLS: options.rpc ?? NEAR_RPC_URLS,
    NEAR_MIN_AGREEMENT,
  });
  if (near.kind === "invalid")
    throw new AgentError("BAD_SETTINGS", ["invalid settings:", ...near.problems].join("\n  "));
  const { place } = near.settings;
  return place.contractId === undefined ? undefined : openReader({ ...place, contractId: place.contractId });
}
