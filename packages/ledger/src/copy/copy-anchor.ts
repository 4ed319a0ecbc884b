import { batchId, headerDigest, parseAnchorDocument, parseEvidenceDocument } from "@etrap/proof";
import type { Header } from "@etrap/proof";
import { codeOf, messageOf } from "../error-code.ts";
import { anchorKey, batchFolder, chainFolder } from "../object-keys.ts";
import { createSlots } from "../slots.ts";
import type { CopyContext } from "./copy-event.ts";
import { keysOnlyIn } from "./keys-only-in.ts";

const ANCHOR_NAME = /[^/]+$/;
const ANCHOR_NAMES: ReadonlySet<string> = new Set(["anchor.json", "evidence.json"]);

/** Copies anchor.json and evidence.json, which are claims that only the anchor proves. */
export async function copyAnchor(context: CopyContext, header: Header): Promise<void> {
  const id = batchId(header);
  await copyIfSound(context, anchorKey(header, id), (bytes) => {
    const document = parseAnchorDocument(bytes);
    return document.batch_id === id && document.header_digest === headerDigest(header);
  });
  await copyIfSound(
    context,
    `${batchFolder(header, id)}evidence.json`,
    (bytes) => parseEvidenceDocument(bytes).batch_id === id,
  );
}

/**
 * Copies the anchors that batches up to `newest` got in the source after they were copied. Lists
 * the chain in both stores, and reads slots only where an anchor is missing, newest first: a batch
 * that was not anchored yet is most often among the last.
 */
export async function copyLateAnchors(context: CopyContext, newest: Header): Promise<void> {
  const late = new Set<string>();
  for await (const key of keysOnlyIn(context.from, context.to, chainFolder(newest)))
    if (ANCHOR_NAMES.has(ANCHOR_NAME.exec(key)?.[0] ?? "")) late.add(key.replace(ANCHOR_NAME, ""));
  const slots = createSlots(context.to, newest);
  for (let seq = newest.seq; seq >= 0 && late.size > 0; seq -= 1) {
    context.signal?.throwIfAborted();
    const header = seq === newest.seq ? newest : await slots.require(seq);
    if (late.delete(batchFolder(header, batchId(header)))) await copyAnchor(context, header);
  }
}

async function copyIfSound(
  { from, to, report }: CopyContext,
  key: string,
  isSound: (bytes: Uint8Array) => boolean,
): Promise<void> {
  const bytes = await from.get(key).catch(damagedInstead);
  if (bytes === undefined) return;
  let problem: string | undefined = "not a document of this batch";
  try {
    if (bytes !== "damaged" && isSound(bytes)) problem = undefined;
  } catch (error) {
    problem = messageOf(error);
  }
  if (problem === undefined && bytes !== "damaged") await to.create(key, bytes);
  else report({ type: "refused", key, message: problem ?? "" });
}

/** Turns the error of an object that no store creates into a value. Throws every other error. */
export function damagedInstead(error: unknown): "damaged" {
  if (codeOf(error) === "DAMAGED") return "damaged";
  throw error;
}
