import { createNearProvider, createNearReader } from "@etrap/anchor-near/reader";
import type { NearReader } from "@etrap/anchor-near/reader";
import type { NearPlace } from "../settings/near-settings.ts";

/** A place whose contract is known. */
export type KnownPlace = NearPlace & { readonly contractId: string };

/** Creates a reader of a contract. Nothing is asked yet. Throws BAD_OPTIONS. */
export function openReader({ network, contractId, rpcUrls, minAgreement }: KnownPlace): NearReader {
  const providers = rpcUrls.map((url) => createNearProvider({ url }));
  return createNearReader({ providers, network, contractId }, { ...(minAgreement !== undefined && { minAgreement }) });
}
