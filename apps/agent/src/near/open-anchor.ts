import { createNearAnchor, createNearProvider } from "@etrap/anchor-near";
import type { LedgerLocation, NearAnchor, NodeEvent } from "@etrap/anchor-near";
import { codeOf, messageOf } from "@etrap/ledger";
import type { NearReady } from "../report/agent-event.ts";
import type { Report } from "../report/reporter.ts";
import type { Settings } from "../settings/settings.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { AgentError } from "../agent-error.ts";
import { readKeys } from "./read-keys.ts";

/** An anchor. `ready` is undefined where it cannot mint now. */
export interface OpenedAnchor {
  readonly anchor: NearAnchor;
  readonly ready: NearReady | undefined;
}

/**
 * Opens the anchor that the settings name, and checks it once. Undefined where batches are only
 * stored. What keeps it from minting now is reported and stops no recording: batches are stored,
 * and anchored once it is mended. Rejects with BAD_SETTINGS for a key that is none, and with
 * NEAR_WRONG_NETWORK.
 */
export async function openAnchor(
  { near, organization, store }: Pick<Settings, "near" | "organization" | "store">,
  report: Report,
): Promise<OpenedAnchor | undefined> {
  const { writer, place } = near;
  const { network, contractId, rpcUrls, minAgreement } = place;
  if (writer === undefined || contractId === undefined) return undefined;
  const { accountId } = writer;
  const anchor = createNearAnchor(
    {
      providers: rpcUrls.map((url) => createNearProvider({ url })),
      network,
      accountId,
      signer: await readKeys(writer, network),
      contractId,
      location: locationOf(store, organization),
    },
    { ...(minAgreement !== undefined && { minAgreement }), onEvent: (event: NodeEvent) => report(event) },
  );
  try {
    const { contract, batchesLeft } = await anchor.check();
    // Its tokens would belong to somebody else, and a mint cannot be taken back.
    if (contract.organization !== organization)
      throw new AgentError(
        "BAD_SETTINGS",
        `invalid settings:\n  NEAR_CONTRACT_ID: ${contractId} belongs to the organization ${JSON.stringify(contract.organization)}, which is not that of ETRAP_ORG_ID`,
      );
    const least = Math.min(batchesLeft.account, batchesLeft.contract);
    return { anchor, ready: { account: accountId, network, contract: contractId, batchesLeft: least } };
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || REFUSED.includes(code)) throw error;
    report({ type: "near-not-ready", code, message: messageOf(error) });
    return { anchor, ready: undefined };
  }
}

/** Problems of the settings, for which recording does not begin. */
const REFUSED: readonly string[] = ["NEAR_WRONG_NETWORK", "BAD_SETTINGS"];

/** Returns what the tokens say of the ledger's place. A folder's path is nobody else's business. */
function locationOf(store: StoreSettings, organization: string): LedgerLocation {
  if (store.kind === "folder")
    return { bucket: `etrap-${organization}`, prefix: "", base: `urn:etrap:${encodeURIComponent(organization)}:` };
  const { bucket, prefix, connection } = store;
  const endpoint = connection.endpoint ?? "https://s3.amazonaws.com";
  return {
    bucket,
    prefix: prefix === "" ? "" : `${prefix.replace(/\/$/, "")}/`,
    base: `${endpoint.replace(/\/$/, "")}/${bucket}/`,
  };
}
