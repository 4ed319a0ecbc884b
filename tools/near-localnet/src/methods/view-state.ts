import { parseBase64 } from "../rpc/params.ts";
import type { QueryPlace } from "./query-place.ts";
import { queryFailure } from "./query-place.ts";

/** The most bytes of records that a node shows at once. */
const MAX_BYTES = 50_000;

/** Returns the records of a contract whose keys begin with a prefix, in the order of their keys. */
export function viewState(place: QueryPlace, prefixBase64: string): { readonly values: unknown[] } {
  const prefix = Buffer.from(parseBase64(prefixBase64)).toString("latin1");
  const found = [...place.state.records.entries(place.accountId)].filter(([key]) => key.startsWith(prefix));
  const bytes = found.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (bytes > MAX_BYTES) {
    throw queryFailure("TOO_LARGE_CONTRACT_STATE", place.block, { contract_account_id: place.accountId });
  }
  const values = found
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({
      key: Buffer.from(key, "latin1").toString("base64"),
      value: Buffer.from(value).toString("base64"),
    }));
  return { values };
}
