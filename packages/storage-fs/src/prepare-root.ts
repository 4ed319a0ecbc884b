import { randomUUID } from "node:crypto";
import { access, link, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf } from "@etrap/ledger";
import { makeFolder, syncFolder, writeDurably } from "./durable-files.ts";
import { FsStoreError } from "./fs-store-error.ts";
import type { PathStyle } from "./key-path.ts";

/** The age from which a temporary file cannot belong to a process that is still writing it. */
const LEFTOVER_AGE_MS = 3_600_000;

/**
 * Makes the root and its folder for temporary files, tries everything that `create` needs, and
 * removes leftovers. Returns how keys are written on this disk. Rejects with UNAVAILABLE.
 */
export async function prepareRoot(root: string, temporary: string): Promise<PathStyle> {
  try {
    await makeFolder(root);
    await makeFolder(temporary);
    await syncFolder(dirname(root));
    await removeLeftovers(temporary);
    return await probeDisk(temporary);
  } catch (cause) {
    const help = "it must be a directory that this user can write, on a file system with hard links";
    throw new FsStoreError("UNAVAILABLE", `${root}: cannot hold a store (${codeOf(cause)}): ${help}`, cause);
  }
}

/**
 * Creates and links a file as `create` does, and looks it up by a name that differs only in case.
 */
async function probeDisk(temporary: string): Promise<PathStyle> {
  const id = randomUUID();
  const probe = join(temporary, `probe-${id}`);
  const linked = `${probe}-linked`;
  try {
    await writeDurably(probe, new Uint8Array());
    await link(probe, linked);
    const ignoresCase = await access(join(temporary, `PROBE-${id}`)).then(
      () => true,
      () => false,
    );
    return { ignoresCase };
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
    await rm(linked, { force: true }).catch(() => undefined);
  }
}

async function removeLeftovers(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const file = join(temporary, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > LEFTOVER_AGE_MS) await rm(file, { force: true });
  }
}
