import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, FsStoreError } from "./fs-store-error.ts";
import { segmentOfName } from "./key-path.ts";
import type { PathStyle } from "./key-path.ts";

/** Which keys are asked for. */
export interface KeyRange {
  readonly prefix: string;
  readonly after: string;
}

interface Child {
  readonly segment: string;
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * The keys under a folder, in byte order. Holds one folder's names at a time for each level, and reads no folder outside the range. Rejects with
 * UNAVAILABLE.
 */
export async function* listKeys(
  folder: string,
  style: PathStyle,
  range: KeyRange,
  parent = "",
): AsyncGenerator<string> {
  const children = await childrenOf(folder, style);
  // A folder sorts as its keys do: with the slash that follows its name.
  const ordered = children
    .map((child) => ({ ...child, key: `${parent}${child.segment}${child.isFolder ? "/" : ""}` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, path, isFolder } of ordered) {
    if (!isFolder) {
      if (key.startsWith(range.prefix) && key > range.after) yield key;
    } else if (mayHold(key, range)) {
      yield* listKeys(path, style, range, key);
    }
  }
}

function mayHold(folderKey: string, { prefix, after }: KeyRange): boolean {
  const isInPrefix = prefix.startsWith(folderKey) || folderKey.startsWith(prefix);
  return isInPrefix && (folderKey > after || after.startsWith(folderKey));
}

/** What stands in a folder, long segments put together again from the folders they are spread over. */
async function childrenOf(folder: string, style: PathStyle, begin = ""): Promise<Child[]> {
  const children: Child[] = [];
  for (const entry of await readFolder(folder)) {
    const part = segmentOfName(entry.name, style);
    if (part === undefined) continue;
    const path = join(folder, entry.name);
    if (part.goesOn) children.push(...(await childrenOf(path, style, begin + part.text)));
    else children.push({ segment: begin + part.text, path, isFolder: entry.isDirectory() });
  }
  return children;
}

async function readFolder(folder: string): Promise<{ name: string; isDirectory: () => boolean }[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // It vanished since its parent was read.
    if (errnoOf(error) === "ENOENT") return [];
    throw new FsStoreError("UNAVAILABLE", `${folder}: cannot be listed (${errnoOf(error)})`, error);
  }
}
