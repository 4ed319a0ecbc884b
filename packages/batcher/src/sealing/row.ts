import type { ChangeRecord, Commitment, Image } from "@etrap/proof";
import { commitAndEncodeEntry, commitAndEncodeImage } from "@etrap/proof/write";
import type { EncodedCommitment, RowTexts } from "@etrap/proof/write";
import type { Arrival } from "../intake/arrival.ts";
import { changeRecord, controlRecord } from "../intake/uncommitted-record.ts";
import { nodeSha256 } from "./node-sha256.ts";

/**
 * Makes the row of an arrival: its record, and the texts of the values behind the commitments.
 * `salt` returns a new salt at each call.
 */
export function rowOf({ entry, position, fields }: Arrival, commitment: Commitment, salt: () => string): RowTexts {
  if (entry.kind === "gap") return { record: controlRecord(entry, position.id), payload: NO_VALUES };
  if (entry.kind === "poison") {
    const record = controlRecord(entry, position.id);
    if (entry.isWithheld === true) return { record, payload: NO_VALUES };
    const raw = commitAndEncodeEntry(fields, salt);
    return { record: { ...record, raw: raw.digest }, payload: { ...NO_VALUES, entry: raw.opening } };
  }
  const commit = (values: Image | null): EncodedCommitment | null =>
    values && commitAndEncodeImage(values, { commitment, salt, hash: nodeSha256 });
  const [key, before, after] = [commit(entry.key), commit(entry.before), commit(entry.after)];
  const record: ChangeRecord = {
    ...changeRecord(entry, position.id),
    key: key && key.digest,
    before: before && before.digest,
    after: after && after.digest,
  };
  return { record, payload: { after: textOf(after), before: textOf(before), entry: "null", key: textOf(key) } };
}

function textOf(image: EncodedCommitment | null): string {
  return image?.opening ?? "null";
}

/** The texts of a payload without values. */
const NO_VALUES: RowTexts["payload"] = { after: "null", before: "null", entry: "null", key: "null" };
