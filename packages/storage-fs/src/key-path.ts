import { isKeySegment } from "@etrap/ledger";
import { FsStoreError } from "./fs-store-error.ts";

/**
 * The longest part of a segment in one name. Most file systems take names of 255 bytes, and encoded
 * capitals take two.
 */
const CHUNK = 120;
const CHUNKS = new RegExp(`.{1,${CHUNK}}`, "g");

/** The form of the paths of keys on this disk. */
export interface PathStyle {
  /** Whether names that differ only in case are one name. */
  readonly ignoresCase: boolean;
}

/** A part of a key, as one file or folder name holds it. */
export interface SegmentPart {
  readonly text: string;
  /** Whether the segment continues in the folder of this name. */
  readonly continues: boolean;
}

/**
 * Returns the names of the folders and of the file that hold a key. A long segment is spread over
 * nested folders whose names end in `+`. Throws BAD_KEY.
 */
export function pathOfKey(key: string, style: PathStyle): string[] {
  const segments = key.split("/");
  if (!segments.every(isKeySegment)) {
    const expected = "segments of the characters A-Z a-z 0-9 _ - . % ~, joined by /, none of them . or ..";
    throw new FsStoreError("BAD_KEY", `expected a key of ${expected}`);
  }
  return segments.flatMap((segment) => {
    const chunks = segment.match(CHUNKS) ?? [];
    return chunks.map((chunk, index) => encodeCase(chunk, style) + (index < chunks.length - 1 ? "+" : ""));
  });
}

/**
 * Returns the part of a key that a file or folder name holds, undefined for a name that belongs to
 * no key.
 */
export function segmentOfName(name: string, style: PathStyle): SegmentPart | undefined {
  const continues = name.endsWith("+");
  const encoded = continues ? name.slice(0, -1) : name;
  const text = style.ignoresCase ? decodeCase(encoded) : encoded;
  return isKeySegment(text) && encodeCase(text, style) === encoded ? { text, continues } : undefined;
}

function encodeCase(text: string, { ignoresCase }: PathStyle): string {
  return ignoresCase ? text.replaceAll(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`) : text;
}

function decodeCase(text: string): string {
  return text.replaceAll(/=([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
