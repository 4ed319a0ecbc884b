import { batchFolder } from "@etrap/ledger";
import type { AgentEvent } from "../report/agent-event.ts";
import type { Settings } from "../settings/settings.ts";
import { storePlace } from "../storage/store-place.ts";

/**
 * Passes events on with what the settings know of them: with S3, the place of each stored and each
 * anchored batch in the bucket, and the number of attempts after which a mint is parked.
 */
export function withSettings(
  report: (event: AgentEvent) => void,
  { store, near }: Pick<Settings, "store" | "near">,
): (event: AgentEvent) => void {
  const root = store.kind === "folder" ? undefined : storePlace(store).replace("s3://", "");
  return (event) => {
    if (event.type === "anchor-publishing") return report({ ...event, maxMintRetries: near.maxMintRetries });
    if (root === undefined || (event.type !== "batch-stored" && event.type !== "batch-anchored")) return report(event);
    const folder = batchFolder(event.header, event.batchId).replace(/\/$/, "");
    report({ ...event, place: `${root}/${folder}` });
  };
}
