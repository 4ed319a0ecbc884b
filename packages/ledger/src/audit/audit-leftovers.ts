import { batchId, parseBatchData } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { chainFolder } from "../object-keys.ts";
import { COMPLETION_MS } from "./audit-context.ts";
import type { AuditContext } from "./audit-context.ts";
import type { WalkedChain } from "./audit-chain.ts";
import { findingOf, findingOfError } from "./finding.ts";
import type { AuditFinding } from "./finding.ts";

/** The names that a folder of a batch may hold. */
export const DOCUMENTS: ReadonlySet<string> = new Set([
  "batch-data.json",
  "payload.json",
  "merkle-tree.json",
  "indices/by-date.json",
  "indices/by-operation.json",
  "indices/by-timestamp.json",
  "anchor.json",
  "evidence.json",
]);
const BATCH_ID = /^BATCH-\d{4}-\d{2}-\d{2}-[0-9a-f]{16}-T0$/;

/** Lists the folder of a chain, and reports the batches without a slot and the stray keys. */
export async function auditLeftovers(context: AuditContext, walked: WalkedChain): Promise<void> {
  const { reader, report, signal } = context;
  const folder = chainFolder(walked.chain);
  let reported: string | undefined;
  for await (const key of reader.list(folder)) {
    signal.throwIfAborted();
    const [name = "", ...rest] = key.slice(folder.length).split("/");
    // The walk has reported what is wrong with these.
    if (name === "chain") continue;
    if (!BATCH_ID.test(name) || !DOCUMENTS.has(rest.join("/"))) {
      report(findingOf("STRAY_KEY", { key, message: "no document of a ledger has this key" }));
    } else if (!walked.ids.has(name) && name !== reported) {
      reported = name;
      report(await describeLeftover(context, walked, `${folder}${name}/`));
    }
  }
}

async function describeLeftover(
  { reader, now }: AuditContext,
  walked: WalkedChain,
  folder: string,
): Promise<AuditFinding> {
  const key = `${folder}batch-data.json`;
  let header: Header;
  try {
    const bytes = await reader.get(key);
    if (bytes === undefined) return unknownBatch(folder, "a batch without batch-data.json, which no slot names");
    ({ header } = parseBatchData(bytes));
  } catch (error) {
    const { code, message } = findingOfError(error, "UNKNOWN_BATCH", key);
    return code === "UNREADABLE"
      ? findingOf(code, { key, message })
      : unknownBatch(folder, `no slot names it, and it cannot be read: ${message}`);
  }
  const isHere = chainFolder(header) === chainFolder(walked.chain) && folder.endsWith(`/${batchId(header)}/`);
  if (!isHere) return unknownBatch(folder, "no slot names it, and it is not the batch of this folder");
  if (walked.seqs.has(header.seq)) {
    const message = `no slot names it, since slot ${header.seq} names another batch; it is a leftover of a crash or a lost race`;
    return findingOf("ORPHAN", { key: folder, message });
  }
  const why =
    header.seq <= walked.newest
      ? "is missing or damaged"
      : "does not stand: the batch was cut off by a crash, is on its way, or its slot is hidden";
  const message = `slot ${header.seq}, which would name it, ${why}`;
  // A batch on its way gets its slot soon. An older one is more likely hidden, which an audit
  // cannot rule out.
  const severity = now - header.sealed_at < COMPLETION_MS ? "note" : "unchecked";
  return findingOf("WITHOUT_SLOT", { key: folder, message }, severity);
}

function unknownBatch(folder: string, message: string): AuditFinding {
  return findingOf("UNKNOWN_BATCH", { key: folder, message });
}
