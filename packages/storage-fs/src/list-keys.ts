import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "@etrap/ledger";
import { FsStoreError } from "./fs-store-error.ts";
import { segmentOfName } from "./key-path.ts";
import type { PathStyle } from "./key-path.ts";

/** The keys to list: those that begin with `prefix` and follow `after`. */
export interface KeyRange {
  readonly prefix: string;
  readonly after: string;
}

/** A folder on disk, and the beginning that all keys in it share. */
interface Folder {
  readonly path: string;
  readonly key: string;
}

interface Child {
  readonly segment: string;
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * Lists the keys under a store's root, in byte order. Holds the names of one folder at each level,
 * and reads no folder outside the range. Rejects with UNAVAILABLE.
 */
export function listKeys(root: string, style: PathStyle, range: KeyRange): AsyncGenerator<string> {
  return keysUnder({ path: root, key: "" }, style, range);
}

async function* keysUnder(folder: Folder, style: PathStyle, range: KeyRange): AsyncGenerator<string> {
  const children = await childrenOf(folder.path, style);
  // A folder is sorted with the slash that follows its name in keys.
  const ordered = children
    .map((child) => ({ ...child, key: `${folder.key}${child.segment}${child.isFolder ? "/" : ""}` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, path, isFolder } of ordered) {
    if (!isFolder) {
      if (key.startsWith(range.prefix) && key > range.after) yield key;
    } else if (mayHold(key, range)) {
      yield* keysUnder({ path, key }, style, range);
    }
  }
}

function mayHold(folderKey: string, { prefix, after }: KeyRange): boolean {
  const isInPrefix = prefix.startsWith(folderKey) || folderKey.startsWith(prefix);
  return isInPrefix && (folderKey > after || after.startsWith(folderKey));
}

/**
 * Reads the children of a folder. Joins long segments again from the folders that they are spread
 * over.
 */
async function childrenOf(folder: string, style: PathStyle, begin = ""): Promise<Child[]> {
  const children: Child[] = [];
  for (const entry of await readFolder(folder)) {
    const part = segmentOfName(entry.name, style);
    if (part === undefined) continue;
    const path = join(folder, entry.name);
    if (part.continues) children.push(...(await childrenOf(path, style, begin + part.text)));
    else children.push({ segment: begin + part.text, path, isFolder: entry.isDirectory() });
  }
  return children;
}

async function readFolder(folder: string): Promise<{ name: string; isDirectory: () => boolean }[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // The folder vanished after its parent was read.
    if (codeOf(error) === "ENOENT") return [];
    throw new FsStoreError("UNAVAILABLE", `${folder}: the folder cannot be listed (${codeOf(error)})`, error);
  }
}
