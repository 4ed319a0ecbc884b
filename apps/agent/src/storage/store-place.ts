import type { StoreSettings } from "../settings/store-settings.ts";

/** Returns the place of a ledger as `--store` takes it: a folder, or `s3://bucket/prefix`. */
export function storePlace(settings: StoreSettings): string {
  if (settings.kind === "folder") return settings.root;
  return `s3://${settings.bucket}${settings.prefix === "" ? "" : `/${settings.prefix}`}`;
}
