import * as v from "valibot";
import { text } from "./schemas/text.ts";
import { numberFrom } from "./schemas/whole-number.ts";
import { optional, withDefault } from "./schemas/with-default.ts";

/** The contract that is trusted, and the nodes that tell of it. */
export interface NearPlace {
  /** The chain id: `mainnet`, `testnet`, or that of a private network. */
  readonly network: string;
  /** Undefined where neither the contract nor an account is given. */
  readonly contractId: string | undefined;
  readonly rpcUrls: readonly string[];
  /** Undefined for the default. */
  readonly minAgreement: number | undefined;
}

/** The account that mints. */
export interface NearWriter {
  readonly accountId: string;
  readonly key: KeySource;
}

/** Where the private keys are. */
export type KeySource =
  | { readonly kind: "given"; readonly keys: readonly string[] }
  | { readonly kind: "file"; readonly file: string }
  /** In `~/.near-credentials`, as near-cli leaves them. */
  | { readonly kind: "credentials" };

/** The settings of NEAR. */
export interface NearSettings {
  readonly place: NearPlace;
  /** Undefined where batches are only stored. */
  readonly writer: NearWriter | undefined;
  readonly anchorFrom: "now" | "beginning";
  readonly maxMintRetries: number;
}

/** The settings, or every problem of them. Problems hold no value. */
export type ParsedNear =
  | { readonly kind: "valid"; readonly settings: NearSettings }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

type Given = Readonly<Record<string, string | undefined>>;

/** Public nodes of two providers each. More reliable ones are the operator's to name. */
const PUBLIC_NODES: Readonly<Record<string, readonly string[]>> = {
  mainnet: ["https://free.rpc.fastnear.com", "https://near.drpc.org"],
  testnet: ["https://rpc.testnet.near.org", "https://test.rpc.fastnear.com"],
};

/** An account id: NEP-0, 2 to 64 characters in parts of letters and digits. */
const ACCOUNT = /^(?=.{2,64}$)[a-z0-9]+(?:[-_][a-z0-9]+)*(?:\.[a-z0-9]+(?:[-_][a-z0-9]+)*)*$/;
/** A private key, or several. Only the form is checked here. */
const KEYS = /^ed25519:[1-9A-HJ-NP-Za-km-z]{40,100}(?:[,\s]+ed25519:[1-9A-HJ-NP-Za-km-z]{40,100})*$/;

const schema = v.object({
  NEAR_ACCOUNT_ID: optional(
    text("an account such as acme.testnet", ACCOUNT),
    "NEAR account that mints (default: none, batches are stored and not anchored)",
  ),
  NEAR_PRIVATE_KEY: optional(
    text("ed25519: and the key in base58, or several separated by commas", KEYS),
    "private key of the account; several, separated by commas, mint side by side",
  ),
  NEAR_KEY_FILE: optional(
    text("a file", /./),
    "file with the private key, as near-cli writes it or alone (default: ~/.near-credentials/{network}/{account}.json)",
  ),
  NEAR_NETWORK: withDefault(
    text("a network such as testnet", /^[a-z0-9_-]{1,64}$/),
    "network: mainnet, testnet, or another chain id",
    "testnet",
  ),
  NEAR_CONTRACT_ID: optional(
    text("an account such as notary.acme.testnet", ACCOUNT),
    "account of the notary contract (default: notary.{account})",
  ),
  NEAR_RPC_URLS: optional(
    v.pipe(
      v.string(),
      v.transform((given) => given.split(/[,\s]+/).filter((url) => url !== "")),
      v.check(
        (urls) => urls.length > 0 && urls.every(isUrl),
        "expected http(s)://host[…], without a user, separated by commas",
      ),
    ),
    "RPC nodes, separated by commas (default: two public ones of the network)",
  ),
  NEAR_MIN_AGREEMENT: optional(
    numberFrom(1, 20),
    "nodes that must give the same answer (default: 2, or 1 with one node)",
  ),
  ETRAP_ANCHOR_FROM: withDefault(
    v.picklist(["now", "beginning"], "expected now or beginning"),
    "where a chain begins that the contract does not know: now (its newest batch, whose header covers those before) or beginning",
    "now",
  ),
  ETRAP_MAX_MINT_RETRIES: withDefault(
    numberFrom(1, 1_000),
    "attempts to mint after which a table is parked and tried more rarely",
    "3",
  ),
});

/** Every variable of NEAR, with its text in `--help`. */
export const nearVariables: ReadonlyMap<string, string> = new Map(
  Object.entries(schema.entries).map(([variable, entry]) => [variable, v.getDescription(entry) ?? ""]),
);

/** Parses the variables of NEAR. Reports every problem at once. */
export function parseNear(given: Given): ParsedNear {
  const result = v.safeParse(schema, given);
  const issues = (result.issues ?? []).map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  const problems = [...issues, ...(result.success ? conflicts(result.output) : [])];
  if (!result.success || problems.length > 0) return { kind: "invalid", problems };
  return { kind: "valid", settings: toSettings(result.output) };
}

type Output = v.InferOutput<typeof schema>;

function conflicts(given: Output): string[] {
  const urls = nodesOf(given);
  const agreement = given.NEAR_MIN_AGREEMENT;
  const isWriter = given.NEAR_ACCOUNT_ID !== undefined;
  const keys = (["NEAR_PRIVATE_KEY", "NEAR_KEY_FILE"] as const).filter((name) => given[name] !== undefined);
  return [
    ...(isWriter ? [] : keys.map((name) => `NEAR_ACCOUNT_ID: missing, since ${name} is set`)),
    ...(keys.length === 2 ? ["NEAR_KEY_FILE: expected unset, since NEAR_PRIVATE_KEY is set"] : []),
    ...(urls.length === 0 && (isWriter || given.NEAR_CONTRACT_ID !== undefined)
      ? ["NEAR_RPC_URLS: missing, since NEAR_NETWORK is neither mainnet nor testnet"]
      : []),
    ...(agreement !== undefined && urls.length > 0 && agreement > urls.length
      ? [`NEAR_MIN_AGREEMENT: expected at most ${urls.length}, the number of nodes`]
      : []),
  ];
}

function nodesOf(given: Output): readonly string[] {
  return given.NEAR_RPC_URLS ?? PUBLIC_NODES[given.NEAR_NETWORK] ?? [];
}

function toSettings(given: Output): NearSettings {
  const { NEAR_ACCOUNT_ID: accountId } = given;
  return {
    place: {
      network: given.NEAR_NETWORK,
      contractId: given.NEAR_CONTRACT_ID ?? (accountId === undefined ? undefined : `notary.${accountId}`),
      rpcUrls: nodesOf(given),
      minAgreement: given.NEAR_MIN_AGREEMENT,
    },
    writer: accountId === undefined ? undefined : { accountId, key: keySourceOf(given) },
    anchorFrom: given.ETRAP_ANCHOR_FROM,
    maxMintRetries: given.ETRAP_MAX_MINT_RETRIES,
  };
}

function keySourceOf({ NEAR_PRIVATE_KEY: keys, NEAR_KEY_FILE: file }: Output): KeySource {
  if (keys !== undefined) return { kind: "given", keys: keys.split(/[,\s]+/) };
  return file === undefined ? { kind: "credentials" } : { kind: "file", file };
}

function isUrl(given: string): boolean {
  const url = URL.parse(given);
  return (url?.protocol === "http:" || url?.protocol === "https:") && url.username === "" && url.password === "";
}
