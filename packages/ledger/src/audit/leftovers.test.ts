import { expect, test } from "vitest";
import { chainFolder } from "../object-keys.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import type { MemoryStore } from "../testing/memory-store.ts";
import { sampleBatch, sampleBatches } from "../testing/sample-batches.ts";
import type { SampleBatch } from "../testing/sample-batches.ts";
import { findLeftovers, removeLeftover } from "./leftovers.ts";

const [FIRST, SECOND, THIRD] = sampleBatches(3);
if (FIRST === undefined || SECOND === undefined || THIRD === undefined) throw new Error("expected batches");
const ORPHAN = sampleBatch({ previous: FIRST.header, sealedAt: SECOND.header.sealed_at + 100 });
const NEXT = sampleBatch({ previous: THIRD.header });
const folderOf = ({ header, id }: SampleBatch): string => `${chainFolder(header)}${id}/`;
const UNKNOWN = `${chainFolder(FIRST.header)}BATCH-2025-06-13-0000000000000000-T0/`;

async function makeLedger(): Promise<MemoryStore> {
  const store = createMemoryStore();
  for (const { data, slot, derived } of [FIRST, SECOND, THIRD] as SampleBatch[])
    for (const { key, bytes } of [data, slot, ...derived()]) await store.create(key, bytes);
  for (const { key, bytes } of [ORPHAN.data, ...ORPHAN.derived(), NEXT.data]) await store.create(key, bytes);
  await store.create(`${UNKNOWN}merkle-tree.json`, new Uint8Array(1));
  return store;
}

test("tells apart what can be removed, what is on its way, and what is unknown", async () => {
  const found = await findLeftovers(await makeLedger());
  expect(new Map(found.map(({ folder, code, isRemovable }) => [folder, [code, isRemovable]]))).toEqual(
    new Map([
      [UNKNOWN, ["UNKNOWN_BATCH", false]],
      [folderOf(ORPHAN), ["ORPHAN", true]],
      [folderOf(NEXT), ["WITHOUT_SLOT", false]],
    ]),
  );
  expect(found.map(({ folder }) => folder)).toEqual(found.map(({ folder }) => folder).toSorted());
});

test("removes the documents of an orphan, and leaves what is no document", async () => {
  const store = await makeLedger();
  await store.create(`${folderOf(ORPHAN)}notes.txt`, new Uint8Array(1));
  const before = store.keys();
  const [orphan] = (await findLeftovers(store)).filter(({ isRemovable }) => isRemovable);
  if (orphan === undefined) throw new Error("expected an orphan");
  expect(await removeLeftover(store, orphan)).toEqual([`${folderOf(ORPHAN)}notes.txt`]);
  const gone = [ORPHAN.data, ...ORPHAN.derived()].map(({ key }) => key);
  expect(store.keys()).toEqual(before.filter((key) => !gone.includes(key)));
});

test("what is left after a crash still says which batch it was", async () => {
  const store = await makeLedger();
  for (let crashAt = 1; crashAt <= 5; crashAt += 1) {
    let left = crashAt;
    const crashing = {
      ...store,
      async remove(key: string) {
        if ((left -= 1) === 0) throw new Error("crash");
        await store.remove(key);
      },
    };
    const [orphan] = (await findLeftovers(store)).filter(({ isRemovable }) => isRemovable);
    if (orphan === undefined) break;
    expect(orphan.folder).toBe(folderOf(ORPHAN));
    await removeLeftover(crashing, orphan).catch(() => undefined);
  }
  expect((await findLeftovers(store)).map(({ code }) => code).toSorted()).toEqual(["UNKNOWN_BATCH", "WITHOUT_SLOT"]);
});

test("removes nothing of a chain whose slots are damaged: the orphan may be the true batch", async () => {
  const store = await makeLedger();
  store.lose(SECOND.slot.key);
  // Somebody replaced the slot, and the batch that stood there looks like an orphan.
  await store.create(SECOND.slot.key, ORPHAN.slot.bytes);
  const found = await findLeftovers(store);
  expect(found).toContainEqual(expect.objectContaining({ code: "ORPHAN", folder: folderOf(SECOND) }));
  for (const leftover of found) {
    expect(leftover.isRemovable).toBe(false);
    await expect(removeLeftover(store, leftover)).rejects.toThrow(RangeError);
  }
});

test("does not take a chain that cannot be read for one without leftovers", async () => {
  const store = await makeLedger();
  const list = (): never => {
    throw Object.assign(new Error("away"), { code: "UNAVAILABLE" });
  };
  await expect(findLeftovers({ ...store, list })).rejects.toMatchObject({ code: "UNREADABLE" });
});
