import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "@etrap/ledger";

/**
 * The most folders that `createFolderMaker` remembers. Every batch has a folder, so the number must
 * be bounded.
 */
const REMEMBERED_FOLDERS = 10_000;

/** Writes a new file, and resolves once its bytes are durable. Rejects when the file exists. */
export async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx", 0o640);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder unless it exists. Its parent must exist. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o750 }).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
}

/**
 * Creates a function that makes a folder under `root`, with its parents, and resolves once every
 * name on the way is durable. It syncs folders that exist too: another process may have made one
 * without syncing it yet.
 */
export function createFolderMaker(root: string): (folder: string) => Promise<void> {
  const durable = new Set<string>([root]);
  return async function make(folder) {
    if (durable.has(folder)) return;
    await make(dirname(folder));
    await makeFolder(folder);
    await syncFolder(dirname(folder));
    if (durable.size >= REMEMBERED_FOLDERS) durable.clear();
    durable.add(folder).add(root);
  };
}
