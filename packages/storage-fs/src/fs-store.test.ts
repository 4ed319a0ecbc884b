import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { describeObjectStore } from "@etrap/ledger/suites";
import { openFsStore } from "./fs-store.ts";
import type { FsStore } from "./fs-store.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "etrap-fs-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describeObjectStore("the store in a directory", async () => {
  const root = mkdtempSync(join(tmpdir(), "etrap-fs-"));
  const reopen = (): Promise<FsStore> => openFsStore({ root });
  return { store: await reopen(), reopen, close: () => rm(root, { recursive: true }) };
});

test("an object can be read by another process, and after the store is opened again", async () => {
  const root = makeFolder();
  await (await openFsStore({ root })).create("a/b", Uint8Array.of(1));
  expect(await (await openFsStore({ root })).get("a/b")).toEqual(Uint8Array.of(1));
  expect(await readFile(join(root, "a", "b"))).toEqual(Buffer.of(1));
});

test("no temporary file stays behind", async () => {
  const root = makeFolder();
  const store = await openFsStore({ root });
  await store.create("a", Uint8Array.of(1));
  await store.create("a", Uint8Array.of(2)).catch(() => undefined);
  expect(await readdir(join(root, "tmp!"))).toEqual([]);
});

test("the next start removes leftovers of a killed process, but no file that may still be in use", async () => {
  const root = makeFolder();
  await openFsStore({ root });
  const [old, young] = ["old", "young"].map((name) => join(root, "tmp!", name));
  for (const file of [old, young]) await writeFile(file ?? "", "x");
  await utimes(old ?? "", new Date(0), new Date(0));
  await openFsStore({ root });
  expect(await readdir(join(root, "tmp!"))).toEqual(["young"]);
});

test("refuses a root that cannot hold a store, and gives the reason", async () => {
  const root = makeFolder();
  await writeFile(join(root, "file"), "");
  await expect(openFsStore({ root: join(root, "file") })).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("ENOTDIR"),
  });
  await expect(openFsStore({ root: "/proc/etrap" })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a key too long for a path is refused as a bad key", async () => {
  const store = await openFsStore({ root: makeFolder() });
  await expect(store.create("x".repeat(5_000), Uint8Array.of(1))).rejects.toMatchObject({ code: "BAD_KEY" });
});

test("a folder in the place of an object is a conflict", async () => {
  const root = makeFolder();
  const store = await openFsStore({ root });
  await mkdir(join(root, "a"));
  await expect(store.create("a", Uint8Array.of(1))).rejects.toMatchObject({ code: "KEY_CONFLICT" });
});

test("a store whose root is missing is unavailable until the root is back", async () => {
  const root = makeFolder();
  const store = await openFsStore({ root: join(root, "store") });
  await rename(join(root, "store"), join(root, "away"));
  await writeFile(join(root, "store"), "");
  await expect(store.create("a/b", Uint8Array.of(1))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const listing = store.list("a/")[Symbol.asyncIterator]();
  await expect(listing.next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await rm(join(root, "store"));
  await expect(store.create("a/b", Uint8Array.of(1))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await rename(join(root, "away"), join(root, "store"));
  await store.create("a/b", Uint8Array.of(1));
  expect(await store.get("a/b")).toEqual(Uint8Array.of(1));
});

test("files that are not objects are not listed", async () => {
  const root = makeFolder();
  const store = await openFsStore({ root });
  await store.create("a/b", Uint8Array.of(1));
  for (const name of ["a b", "é", "#x#"]) await writeFile(join(root, "a", name), "x");
  const keys: string[] = [];
  for await (const key of store.list("")) keys.push(key);
  expect(keys).toEqual(["a/b"]);
});

/** Forks a process that creates objects. */
function forkWriter(...args: string[]): ReturnType<typeof fork> {
  const child = fork(resolve(import.meta.dirname, "fixtures/writer.ts"), args, {
    execArgv: ["--conditions=@etrap/source"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("when eight processes create one key at once, exactly one succeeds", { timeout: 30_000 }, async () => {
  const root = makeFolder();
  const children = Array.from({ length: 8 }, (_, index) => forkWriter("race", root, String(index)));
  const outcomes = await Promise.all(
    children.map(async (child) => {
      const [outcome]: unknown[] = await once(child, "message");
      return outcome;
    }),
  );
  const won: number[][] = outcomes.map((outcome) => (Array.isArray(outcome) ? outcome : []));
  const store = await openFsStore({ root });
  for (let round = 0; round < 50; round += 1) {
    const winners = won.flatMap((rounds, index) => (rounds.includes(round) ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(await store.get(`race/${round}`)).toEqual(new TextEncoder().encode(String(winners[0])));
  }
});

test("kill -9 leaves no partial object and loses no acknowledged one", { timeout: 60_000 }, async () => {
  const root = makeFolder();
  const acknowledged = new Set<string>();
  for (let kill = 0; kill < 10; kill += 1) {
    const child = forkWriter("write", root, String(kill));
    child.on("message", (key) => acknowledged.add(JSON.stringify(key)));
    await once(child, "message");
    await sleep(Math.random() * 100);
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  const store = await openFsStore({ root });
  for await (const key of store.list("kill/")) {
    expect(await store.get(key)).toEqual(new Uint8Array(200_000).fill(Number(key.split("-").at(-1)) % 251));
    acknowledged.delete(JSON.stringify(key));
  }
  expect(acknowledged).toEqual(new Set());
});

test("an object that is too large is refused without reading it, and is other content", async () => {
  const root = makeFolder();
  const store = await openFsStore({ root });
  await store.create("a/b", new Uint8Array(1));
  // A sparse file takes no room on the disk.
  await truncate(join(root, "a/b"), 5 * 2 ** 30);
  await expect(store.get("a/b")).rejects.toMatchObject({ code: "DAMAGED", message: expect.stringMatching(/^a\/b: /) });
  await expect(store.create("a/b", new Uint8Array(1))).rejects.toMatchObject({ code: "KEY_CONFLICT" });
});
