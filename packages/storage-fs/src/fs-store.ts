import { randomUUID } from "node:crypto";
import { link, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { codeOf, MAX_OBJECT_BYTES } from "@etrap/ledger";
import type { ObjectRemover, ObjectStore, StoredObject } from "@etrap/ledger";
import { createFolderMaker, syncFolder, writeDurably } from "./durable-files.ts";
import { FsStoreError } from "./fs-store-error.ts";
import { pathOfKey } from "./key-path.ts";
import { listKeys } from "./list-keys.ts";
import { prepareRoot } from "./prepare-root.ts";

/** An object store in a directory. */
export type FsStore = ObjectStore & ObjectRemover;

/** Options of `openFsStore`. */
export interface FsStoreOptions {
  /** The directory. It is made if it is missing; its parent must exist. */
  readonly root: string;
}

/**
 * The folder of objects that are being written. No key is stored under this name, since no key
 * contains `!`.
 */
const TEMPORARY = "tmp!";

/**
 * Opens a store in a directory. It is correct between processes on one file system with hard links:
 * `create` writes a temporary file, makes it durable and links it to its final name, which only one
 * process can do. Rejects with UNAVAILABLE when the directory cannot be written or its file system
 * has no hard links.
 */
export async function openFsStore({ root }: FsStoreOptions): Promise<FsStore> {
  const home = resolve(root);
  const temporary = join(home, TEMPORARY);
  const style = await prepareRoot(home, temporary);
  const makeDurableFolder = createFolderMaker(home);
  const pathOf = (key: string): string => join(home, ...pathOfKey(key, style));
  const get = async (key: string): Promise<Uint8Array | undefined> => readObject(key, pathOf(key));

  const publish = async (draft: string, path: string): Promise<void> => {
    await makeDurableFolder(dirname(path));
    await link(draft, path);
  };

  return {
    get,
    async create(key, bytes) {
      const path = pathOf(key);
      const draft = join(temporary, randomUUID());
      try {
        // A crash before the link leaves a temporary file, which a later start removes.
        await writeDurably(draft, bytes).catch((cause: unknown) => {
          throw notWritten(key, cause);
        });
        await publish(draft, path).catch((cause: unknown) => refuseUnlessSame({ key, bytes }, cause, get));
      } finally {
        // A later start removes a draft that stays here. A failure to remove it must not hide the
        // first error.
        await rm(draft, { force: true }).catch(() => undefined);
      }
      // Without this a power cut may take the name away again. It is also done when another process
      // made the link, since that process may have stopped before its own sync.
      await syncFolder(dirname(path)).catch((cause: unknown) => {
        throw notKnownDurable(key, cause);
      });
    },
    async remove(key) {
      const path = pathOf(key);
      try {
        await rm(path, { force: true });
        // The folder stays: a writer may be about to create another object in it.
        await syncFolder(dirname(path));
      } catch (cause) {
        if (codeOf(cause) === "ENOENT" || codeOf(cause) === "ENOTDIR") return;
        throw new FsStoreError("UNAVAILABLE", `${key}: the object was not removed (${codeOf(cause)})`, cause);
      }
    },
    list: (prefix, after = "") => listKeys(home, style, { prefix, after }),
  };
}

async function readObject(key: string, path: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path);
    if (size > MAX_OBJECT_BYTES)
      throw new FsStoreError("DAMAGED", `${key}: expected an object of at most ${MAX_OBJECT_BYTES} bytes, got ${size}`);
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (error instanceof FsStoreError) throw error;
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(codeOf(error) ?? "")) return undefined;
    throw new FsStoreError("UNAVAILABLE", `${key}: the object cannot be read (${codeOf(error)})`, error);
  }
}

/**
 * Handles a failed creation. Returns when the key holds these very bytes, and throws the matching
 * error otherwise.
 */
async function refuseUnlessSame({ key, bytes }: StoredObject, cause: unknown, get: ObjectStore["get"]): Promise<void> {
  const code = codeOf(cause);
  if (code === "ENAMETOOLONG") {
    const message = `expected a key short enough for a path of this file system, got ${key.length} characters`;
    throw new FsStoreError("BAD_KEY", message, cause);
  }
  if (code !== "EEXIST" && code !== "ENOTDIR") throw notWritten(key, cause);
  // What is too large to be read is other content too.
  const held = await get(key).catch((error: unknown) => {
    if (codeOf(error) !== "DAMAGED") throw error;
    return undefined;
  });
  if (held === undefined || Buffer.compare(held, bytes) !== 0)
    throw new FsStoreError(
      "KEY_CONFLICT",
      `${key}: other content already stands under this key, and objects never change`,
      cause,
    );
}

function notWritten(key: string, cause: unknown): FsStoreError {
  return new FsStoreError("UNAVAILABLE", `${key}: nothing was written (${codeOf(cause)}); try again later`, cause);
}

function notKnownDurable(key: string, cause: unknown): FsStoreError {
  const message = `${key}: the object was written but may not be durable (${codeOf(cause)}); create it again`;
  return new FsStoreError("OUTCOME_UNKNOWN", message, cause);
}
