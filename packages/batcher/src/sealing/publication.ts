import type { Header } from "@etrap/proof";
import type { StoredObject } from "@etrap/ledger";
import type { Publication } from "../ports.ts";
import { nodeSha256 } from "./node-sha256.ts";

/** Returns the publication of a batch, from its header and its batch-data.json. */
export function publicationOf(header: Header, { key, bytes }: StoredObject): Publication {
  return {
    header,
    batchData: { key, size: bytes.length, sha256: Buffer.from(nodeSha256(bytes)).toString("hex") },
  };
}
