import fc from "fast-check";
import type { Row } from "../batch-data.ts";
import { discloseProof } from "../disclose.ts";
import type { Header } from "../header.ts";
import { hiddenColumns, shownValues } from "../image.ts";
import type { OpenedImage } from "../image.ts";
import { ERASED } from "../payload.ts";
import { encodeProofFile } from "../proof-file.ts";
import type { ProofFile } from "../proof-file.ts";
import { verifyBatch } from "../verify-batch.ts";
import { anAnchor, anImage } from "./arbitraries.ts";
import {
  sampleDocuments,
  sampleGap,
  sampleHeader,
  samplePoison,
  sampleRow,
  sampleWithheldPoison,
} from "./sample-batch.ts";

/** Any true proof file: of either commitment, or of the control chain, shown in part or erased, with the headers after its own over several epochs. */
export const aProofFile: fc.Arbitrary<ProofFile> = fc
  .record({
    rows: fc.oneof(
      fc
        .tuple(fc.array(anImage, { minLength: 1, maxLength: 9 }), fc.constantFrom("row", "fields"))
        .map(([images, commitment]) => images.map((image, index) => sampleRow(index, image, commitment))),
      // One batch has one set of rules, under which its poison has bytes or has none.
      fc
        .constantFrom(samplePoison, sampleWithheldPoison)
        .chain((poison) => fc.array(fc.constantFrom(poison, sampleGap), { minLength: 1, maxLength: 4 }))
        .map((samples) => samples.map((sample, index) => sample(index))),
    ),
    index: fc.nat(),
    positions: fc.oneof(
      fc.array(fc.nat(99), { maxLength: 4 }),
      fc.constant(Array.from({ length: 20 }, (_, at) => 20 - at)),
    ),
    anchor: anAnchor,
    isErased: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    isHidden: fc.func(fc.boolean()),
  })
  .map(({ rows, index, positions, anchor, isErased, isHidden }) => {
    const documents = sampleDocuments(rows);
    const proof = verifyBatch(documents).prove(index % rows.length);
    const shown = isErased ? { ...proof, payload: ERASED } : showSome(proof, isHidden);
    const later = headersAfter(documents.header, rows, positions);
    return { ...shown, headers: [documents.header, ...later], anchor };
  });

function showSome(proof: ProofFile, isHidden: (name: string) => boolean): ProofFile {
  const columnsOf = (image: OpenedImage | null, part: string): "all" | string[] => {
    if (image === null || !("fields" in image) || isHidden(part)) return isHidden(`${part} all`) ? [] : "all";
    return Object.keys(shownValues(image)).filter((name) => !isHidden(name) && !hiddenColumns(image).includes(name));
  };
  const { key, before, after } = proof.payload;
  return discloseProof(proof, {
    key: columnsOf(key, "key"),
    before: columnsOf(before, "before"),
    after: columnsOf(after, "after"),
  });
}

function headersAfter(first: Header, rows: readonly Row[], positions: readonly number[]): Header[] {
  const isControl = rows[0]?.record.table === null;
  const headers = [first];
  for (const position of positions) {
    headers.push(sampleHeader([isControl ? samplePoison(position) : sampleRow(position)], headers.at(-1)));
  }
  return headers.slice(1);
}

/** Small numbers are no likelier than others, so that every part of a file is met. */
const anywhere = fc.noBias(fc.nat());

/** The bytes of a true proof file with something changed. What is changed may be without meaning, so that the file stays true. */
export const aSpoiltProofFile: fc.Arbitrary<Uint8Array> = fc
  .tuple(aProofFile, anywhere, anywhere, anywhere)
  .map(([file, where, what, way]) => {
    const how = way % 10;
    const bytes = encodeProofFile(file);
    if (how === 0) return withByte(bytes, where % bytes.length, what);
    const text = new TextDecoder().decode(bytes);
    const at = where % text.length;
    if (how === 1) return encode(text.slice(0, at) + text.slice(at + 1 + (what % 3)));
    if (how === 2)
      return encode(
        `${text.slice(0, at)}${[" ", "\n", "0", '"', ",", "{}", "\u00a0", "-"][what % 8]}${text.slice(at)}`,
      );
    return encode(withLeaf(text, where, what));
  });

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function withByte(bytes: Uint8Array, at: number, what: number): Uint8Array {
  const spoilt = bytes.slice();
  spoilt[at] = (spoilt[at] ?? 0) ^ (1 + (what % 255));
  return spoilt;
}

/** Changes one value of the document, so that it stays canonical JSON, mostly. */
function withLeaf(text: string, where: number, what: number): string {
  const leaves = Array.from(text.matchAll(/(?<=[:[,])(?:"(?:[^"\\]|\\.)*"(?!:)|-?\d+|true|false|null|\{\}|\[\])/g));
  // Half of the time outside the headers, which are most of a file.
  const own = leaves.filter(({ index }) => index < text.indexOf('"headers":') || index > text.indexOf('"inclusion":'));
  const chosen = what % 2 === 0 ? leaves : own;
  const leaf = chosen[where % chosen.length];
  if (leaf === undefined) return `${text} `;
  const [old] = leaf;
  const middle = Math.floor(old.length / 2);
  // As often as not something of the same kind, so that what is wrong is the value and not the shape.
  const same =
    old.startsWith('"') && old.length > 3
      ? old.slice(0, middle) + (old[middle] === "0" ? "1" : "0") + old.slice(middle + 1)
      : String(Number(old) + 1);
  const others = [
    ...Array.from({ length: 12 }, () => same),
    "null",
    "1",
    "-1",
    "1.5",
    '""',
    '"x"',
    "true",
    "[]",
    "{}",
    "9007199254740993",
    "1e400",
    '"\\ud800"',
    '"\\u0061"',
    "NaN",
    old.toUpperCase(),
    leaves[what % leaves.length]?.[0] ?? "0",
    leaves[(where + 1) % leaves.length]?.[0] ?? "0",
  ];
  return text.slice(0, leaf.index) + others[(what >> 1) % others.length] + text.slice(leaf.index + old.length);
}
