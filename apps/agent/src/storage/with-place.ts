import { batchFolder } from "@etrap/ledger";
import type { AgentEvent } from "../report/agent-event.ts";
import type { StoreSettings } from "../settings/store-settings.ts";
import { storePlace } from "./store-place.ts";

/** Passes events on. With S3, each stored and each anchored batch is given its place in the bucket. */
export function withPlace(report: (event: AgentEvent) => void, store: StoreSettings): (event: AgentEvent) => void {
  if (store.kind === "folder") return report;
  const root = storePlace(store).replace("s3://", "");
  return (event) => {
    if (event.type !== "batch-stored" && event.type !== "batch-anchored") return report(event);
    const folder = batchFolder(event.header, event.batchId).replace(/\/$/, "");
    report({ ...event, place: `${root}/${folder}` });
  };
}
