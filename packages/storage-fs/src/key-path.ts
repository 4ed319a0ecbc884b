import { FsStoreError } from "./fs-store-error.ts";

const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.%~-]+$/;
/** Most file systems take names of 255 bytes; capitals may double the length. */
const CHUNK = 120;

/** How keys are written on this disk. */
export interface PathStyle {
  /** Names that differ only in case are one name here. */
  readonly ignoresCase: boolean;
}

/** The folders and the file that hold a key. Throws BAD_KEY. A long segment goes into nested folders whose names end in `+`. */
export function pathOfKey(key: string, style: PathStyle): string[] {
  const segments = key.split("/");
  if (!segments.every((segment) => SEGMENT.test(segment))) {
    throw new FsStoreError(
      "BAD_KEY",
      "expected segments of A-Z a-z 0-9 _ - . % ~, joined by / and none of them . or ..",
    );
  }
  return segments.flatMap((segment) => {
    const chunks = segment.match(new RegExp(`.{1,${CHUNK}}`, "g")) ?? [];
    return chunks.map((chunk, index) => encodeCase(chunk, style) + (index < chunks.length - 1 ? "+" : ""));
  });
}

/** The part of a key that a file or folder name stands for, and whether it goes on in the folder. Undefined for a name that no key has. */
export function segmentOfName(name: string, style: PathStyle): { text: string; goesOn: boolean } | undefined {
  const goesOn = name.endsWith("+");
  const encoded = goesOn ? name.slice(0, -1) : name;
  const text = style.ignoresCase
    ? encoded.replaceAll(/=([a-z])/g, (_, letter: string) => letter.toUpperCase())
    : encoded;
  return SEGMENT.test(text) && encodeCase(text, style) === encoded ? { text, goesOn } : undefined;
}

function encodeCase(text: string, { ignoresCase }: PathStyle): string {
  return ignoresCase ? text.replaceAll(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`) : text;
}
