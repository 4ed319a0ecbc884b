import { randomUUID } from "node:crypto";
import { access, link, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ObjectStore } from "@etrap/batcher";
import { errnoOf, FsStoreError } from "./fs-store-error.ts";
import { pathOfKey } from "./key-path.ts";
import type { PathStyle } from "./key-path.ts";
import { listKeys } from "./list-keys.ts";

/** An object store on a directory. */
export type FsStore = ObjectStore;

/** What a store on a directory is told. */
export interface FsStoreOptions {
  /** The directory. Made if missing; its parent must exist. */
  readonly root: string;
}

/** Objects on their way. No key can have this name: `!` is in none. */
const TEMPORARY = "tmp!";
const LEFTOVER_AGE_MS = 3_600_000;
/** Folders whose entry in their parent is known to be durable; bounded, since every batch has a folder. */
const REMEMBERED_FOLDERS = 10_000;

/**
 * Opens a store on a directory. Correct between processes on one file system that has hard links: `create` writes a temporary file, makes it
 * durable and links it to its name, which only one can do. Rejects with UNAVAILABLE when the directory cannot be written or has no links.
 */
export async function openFsStore({ root }: FsStoreOptions): Promise<FsStore> {
  const home = resolve(root);
  const temporary = join(home, TEMPORARY);
  const style = await prepare(home, temporary);
  const durableFolders = new Set<string>([home]);

  /** Makes a folder, and every entry on the way to it durable. Another process may have made one without having synced it yet. */
  const makeFolder = async (folder: string): Promise<void> => {
    if (durableFolders.has(folder)) return;
    await makeFolder(dirname(folder));
    await makeUnlessThere(folder);
    await syncFolder(dirname(folder));
    if (durableFolders.size >= REMEMBERED_FOLDERS) durableFolders.clear();
    durableFolders.add(folder).add(home);
  };

  const publish = async (draft: string, path: string): Promise<void> => {
    await makeFolder(dirname(path));
    await link(draft, path);
  };

  const pathOf = (key: string): string => join(home, ...pathOfKey(key, style));

  const get = async (key: string): Promise<Uint8Array | undefined> => {
    const path = pathOf(key);
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "EISDIR"].includes(errnoOf(error) ?? "")) return undefined;
      throw new FsStoreError("UNAVAILABLE", `${key}: not readable (${errnoOf(error)})`, error);
    }
  };

  return {
    get,
    async create(key, bytes) {
      const path = pathOf(key);
      const draft = join(temporary, randomUUID());
      try {
        // A crash up to the link leaves a temporary file, which the next start removes.
        await writeDurably(draft, bytes).catch((cause: unknown) => {
          throw notWritten(key, cause);
        });
        await publish(draft, path).catch((cause: unknown) => refuseUnlessSame(key, bytes, cause, get));
      } finally {
        // A draft that stays is removed at a later start; this must not hide what went wrong.
        await rm(draft, { force: true }).catch(() => undefined);
      }
      // Without this, a power cut may take the name away again. Also when another process linked it and did not get this far.
      await syncFolder(dirname(path)).catch((cause: unknown) => {
        throw new FsStoreError(
          "OUTCOME_UNKNOWN",
          `${key}: written, but not known to be durable (${errnoOf(cause)})`,
          cause,
        );
      });
    },
    list: (prefix, after = "") => listKeys(home, style, { prefix, after }),
  };
}

async function makeUnlessThere(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o750 }).catch((error: unknown) => {
    if (errnoOf(error) !== "EEXIST") throw error;
  });
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx", 0o640);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** After a failed creation: silent when the key holds these very bytes, else the error that says why not. */
async function refuseUnlessSame(
  key: string,
  bytes: Uint8Array,
  cause: unknown,
  get: ObjectStore["get"],
): Promise<void> {
  const errno = errnoOf(cause);
  if (errno === "ENAMETOOLONG")
    throw new FsStoreError("BAD_KEY", `${key.length} characters: too long for a path here`, cause);
  if (errno !== "EEXIST" && errno !== "ENOTDIR") throw notWritten(key, cause);
  const held = await get(key);
  if (held === undefined || Buffer.compare(held, bytes) !== 0)
    throw new FsStoreError("KEY_CONFLICT", `${key}: something else holds this key`, cause);
}

function notWritten(key: string, cause: unknown): FsStoreError {
  return new FsStoreError("UNAVAILABLE", `${key}: nothing was written (${errnoOf(cause)})`, cause);
}

/** Makes the directory, tries what creation needs, removes leftovers, and finds out whether the disk tells capitals apart. */
async function prepare(home: string, temporary: string): Promise<PathStyle> {
  const probe = join(temporary, `probe-${randomUUID()}`);
  const linked = `${probe}-linked`;
  try {
    await makeUnlessThere(home);
    await makeUnlessThere(temporary);
    await syncFolder(dirname(home));
    await removeLeftovers(temporary);
    await writeDurably(probe, new Uint8Array());
    await link(probe, linked);
    const ignoresCase = await access(join(temporary, `PROBE-${probe.slice(-36)}`)).then(
      () => true,
      () => false,
    );
    return { ignoresCase };
  } catch (cause) {
    const help = "it must be a directory that this user can write, on a file system with hard links";
    throw new FsStoreError("UNAVAILABLE", `${home}: cannot hold a store (${errnoOf(cause)}): ${help}`, cause);
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
    await rm(linked, { force: true }).catch(() => undefined);
  }
}

async function removeLeftovers(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const file = join(temporary, name);
    const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
    // A younger one may belong to a process at work.
    if (Date.now() - mtimeMs > LEFTOVER_AGE_MS) await rm(file, { force: true });
  }
}
